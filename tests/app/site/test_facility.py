"""Facilities listed, checked and shown."""

import pytest

from millwright.app.site.facility import check_facilities, list_facilities, load_checked, show_facility
from millwright.core.errors import BadInputError, ExitCode
from millwright.facility.model import Facility

SITE = (
    "plugin: facility\nname: site\ntitle: t\nkind: physical\n"
    "partitions: {local: {nodes: localhost, scheduler: local, checks: {Gemm: {fp64_rate: null}}}}\n"
)


def test_the_shipped_facilities_are_listed_with_their_nodes():
    found = {each.name: each for each in list_facilities().facilities}
    assert {"rack", "workstation"} <= found.keys()
    assert all(count > 0 for count in found["rack"].partitions.values())


def test_problems_of_all_facilities_are_found_at_once(tmp_path):
    broken = tmp_path / "facility.yaml"
    broken.write_text("plugin: facility\n")
    found = check_facilities(["workstation", str(broken), "rak"])
    assert (found.ok, found.exit_code) == (False, ExitCode.BAD_INPUT)
    assert {problem.file for problem in found.problems} == {str(broken), "rak"}
    with pytest.raises(BadInputError, match="did you mean rack"):
        found.raise_problems()


def test_a_commitment_that_no_check_can_meet_is_refused(tmp_path):
    path = tmp_path / "facility.yaml"
    path.write_text(SITE.replace("fp64_rate", "fp63"))
    with pytest.raises(BadInputError, match="unknown metric"):
        load_checked(str(path))


def test_a_facility_is_shown_with_every_key_of_its_file(tmp_path):
    path = tmp_path / "facility.yaml"
    path.write_text(SITE)
    found = show_facility(str(path))
    assert (found.name, found.services, found.antennas) == ("site", {}, ())
    (partition,) = found.partitions
    assert (partition.name, partition.architecture, partition.expected_values) == ("local", None, 1)
    assert Facility.model_validate(found.facility).name == "site"


def test_the_example_of_a_real_site_has_no_problem_and_what_it_promises():
    assert check_facilities(["gh200"]).ok
    path, facility = load_checked("gh200")
    assert (path.parent / "pyinfra.py").is_file()
    booster, debug = facility.class_of("booster"), facility.class_of("debug")
    assert len(facility.partitions["booster"].node_names()) == 32
    assert booster.fabric.rails == 4
    assert debug.accelerators.partitioning.mig
    assert facility.services.hosts()["login"] == ("login1", "login2")
    assert facility.services.harness not in facility.services.hosts()["login"]
    assert set(facility.antennas) == {"coast"}
