"""Owners, folders and quotas of shared file systems as the roles get them."""

from pathlib import Path

import yaml

from millwright.adapters.ansible.software import (
    group_quotas,
    shared_folders,
    software_groups,
    software_variables,
)
from millwright.facility.model import Facility
from millwright.facility.unix_users import group_id, user_id

CASES = Path(__file__).resolve().parents[2] / "facility/cases"


def facility(**storage):
    data = yaml.safe_load((CASES / "base.yaml").read_text())
    data["addresses"]["nas"] = "10.0.0.60"
    return Facility.model_validate({**data, "storage": {"work": storage}})


NFS = {"kind": "nfs", "server": "nas", "source": "/srv/work", "mount": "/work"}
BIND = {"kind": "bind", "source": "/shared/scratch", "mount": "/scratch"}


def folders(**storage):
    described = facility(**storage)
    return list(shared_folders(described, described.storage["work"]))


def test_a_file_system_without_owners_changes_nothing():
    assert folders(**NFS) == []


def test_a_scratch_that_is_made_takes_files_of_every_user_and_homes_do_not():
    made = {
        mount: facility(**{**BIND, "mount": mount}).storage["work"].made_mode
        for mount in ("/scratch", "/home", "/shared")
    }
    assert made == {"/scratch": "1777", "/home": "0755", "/shared": "0755"}
    assert facility(**BIND, mode="0750").storage["work"].made_mode == "0750"
    assert facility(**BIND, options=["ro"]).storage["work"].made_mode == "0755"


def test_owners_are_ids_where_the_facility_gives_them():
    found = folders(**NFS, owner="ada", mode="0711", folders={"/in": {"owner": "ldapuser", "mode": "0700"}})
    assert found == [
        {"path": "/work", "owner": str(user_id("ada")), "group": "", "mode": "0711"},
        {"path": "/work/in", "owner": "ldapuser", "group": "root", "mode": "0700"},
    ]


def test_each_account_has_a_folder_and_a_quota():
    described = facility(**NFS, project_folders={"path": "/p", "quota_gib": 2})
    gid = group_id("coast")
    assert list(shared_folders(described, described.storage["work"])) == [
        {"path": "/work/p", "owner": "root", "group": "root", "mode": "0755"},
        {"path": "/work/p/coast", "owner": "root", "group": str(gid), "mode": "2770"},
    ]
    quotas = list(group_quotas(described, described.storage["work"]))
    assert quotas == [{"gid": gid, "space_kib": 2 * 1024 * 1024, "files": 0}]


def test_folders_are_made_by_one_host():
    def maker(**storage):
        return software_variables(facility(**storage))["facility_storage"][0]["maker"]

    assert maker(**NFS) == "nas"
    assert maker(**BIND) == "login"
    assert maker(**BIND, mounted_by=["nodes"]) == "n1"


def test_tools_for_quotas_are_where_they_are_set():
    known = {"scheduled": (), "login": ("login",), "harness": (), "managed": ("login",)}
    assert software_groups(facility(**NFS), known)["storage_quotas"] == ()
    described = facility(**NFS, project_folders={"quota_gib": 2})
    assert software_groups(described, known)["storage_quotas"] == ("nas",)
