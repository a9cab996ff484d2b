"""Which hosts are tried, and what is said of those that can't be entered."""

import shlex

import pytest

from millwright.core.places import product_root
from millwright.doctor import site
from millwright.doctor.site import HostReach, judge_reach, look_at_site
from millwright.facility import load_facility
from millwright.fleet.look.finding import HostLook


@pytest.fixture
def tried(monkeypatch):
    """Hosts that were tried; the test names those that refuse."""
    refusing: dict[str, str] = {}

    def look(facility, inventory, orders, *, key):
        assert all(host in inventory.host_vars for host in orders)
        return {
            host: HostLook.unreached(host, refusing[host]) if host in refusing else HostLook(host, True)
            for host in orders
        }

    monkeypatch.setattr(site, "look_at_hosts", look)
    return refusing


def load(name):
    file = product_root() / "inventories" / name / "facility.yaml"
    return file, load_facility(file)


def test_all_hosts_of_a_facility_are_tried_gateways_too(tried):
    tried["rack-c1"] = "Connection refused"
    file, facility = load("rack")
    found = look_at_site(file, facility)
    hosts = {host.name: host for host in found.hosts}
    assert {"rack-ctl", "rack-c1", "rack-antenna"} <= set(hosts)
    assert hosts["rack-c1"] == HostReach("rack-c1", "Connection refused", "millwright rack up -f rack")
    assert hosts["rack-ctl"].reason == ""
    assert found.is_virtual
    assert found.has_antennas


def test_this_machine_is_not_entered(tried):
    found = look_at_site(*load("workstation"))
    assert found.hosts == ()
    assert found.runs_here


def test_what_to_type_for_real_hosts_is_quoted():
    _, facility = load("rack")
    ssh = facility.ssh.model_copy(update={"config": "~/my keys/config", "user": "admin"})
    real = facility.model_copy(update={"kind": "physical", "ssh": ssh})
    reach = judge_reach(HostLook.unreached("rack-c1", "timed out"), real, "site", needs_python=True)
    assert shlex.split(reach.mend) == ["ssh", "-F", "~/my keys/config", "-l", "admin", "rack-c1"]


def test_without_a_configuration_hosts_are_entered_by_address():
    _, facility = load("rack")
    ssh = facility.ssh.model_copy(update={"config": None})
    real = facility.model_copy(update={"kind": "physical", "ssh": ssh})
    reach = judge_reach(HostLook.unreached("rack-c1", "timed out"), real, "site", needs_python=True)
    assert reach.mend == f"ssh -l root {facility.address_of('rack-c1')}"


def test_a_gateway_without_python_is_reached():
    _, facility = load("rack")
    look = HostLook("gw", is_reached=True, reason="python3: not found")
    assert judge_reach(look, facility, "rack", needs_python=False).reason == ""
    assert judge_reach(look, facility, "rack", needs_python=True).reason == "python3: not found"
