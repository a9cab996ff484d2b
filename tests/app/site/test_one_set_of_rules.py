"""Check, discover's list, plan, apply and the inventory plugin refuse the same things in one list."""

from pathlib import Path

import pytest
from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import inventory_loader

from millwright.app.change.apply import apply_facility, check_facility
from millwright.app.change.plan import plan_changes
from millwright.app.context import Context
from millwright.app.site.facility import check_facilities
from millwright.app.site.facility_discover import find_missing_keys
from millwright.core.errors import BadInputError

ROOT = Path(__file__).resolve().parents[3]
SITES = ROOT / "tests/data/sites"
FILES = sorted(SITES.glob("*/*.facility.yaml"))
WRONG = {
    "05-partition-default/site": {"partitions.default"},
    "13-one-set-of-rules/site": {"addresses"},
    "13-one-set-of-rules/many": {
        *("ssh.config", "services.harness", "node_classes.plain.accelerators.part", "switches"),
        *("partitions.batch.checks.MemoryBandwidth.triad_bw.unit", "partitions.batch.max_time_min"),
    },
    "17-node-set-names/fqdn": {"addresses.h[1-2].example.org", "partitions.batch.nodes"},
    "17-node-set-names/hash": {"addresses.n[1-2]#", "partitions.batch.nodes"},
    "18-overlapping-queues/site": {"partitions.long.nodes", "partitions.gpu.nodes"},
}
"""Keys that must be refused; every other file is good."""


def name_of(path):
    return str(path.relative_to(SITES)).removesuffix(".facility.yaml")


def read_by_ansible(path):
    inventory_loader.add_directory(str(ROOT / "inventories/plugins"))
    inventory_loader.get("facility").parse(InventoryData(), DataLoader(), str(path))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_reader_refuses_the_same(path, monkeypatch):
    monkeypatch.chdir(path.parent)  # from where discover looks for the ssh_config that it was given
    found = check_facilities([str(path)]).problems
    lines = {f"{p.key}: {p.problem}, expected {p.expected or ''}" for p in found}
    keys = {p.key.removesuffix(".[key]") for p in found}
    assert keys == WRONG.get(name_of(path), set())
    assert set(find_missing_keys(path.read_text())) == lines
    # What no measurement can meet misleads no change of hosts: only check and discover refuse it.
    lines = {line for line in lines if ".checks." not in line}
    if not lines:
        return
    for read in (
        lambda: plan_changes(Context(), str(path)),
        lambda: apply_facility(Context(), str(path), {}),
        lambda: check_facility(Context(), str(path)),
    ):
        with pytest.raises(BadInputError) as refused:
            read()
        assert {f"{p.key}: {p.problem}, expected {p.expected}" for p in refused.value.problems} == lines
    with pytest.raises(AnsibleParserError) as parser:
        read_by_ansible(path)
    assert all(f"{p.key}: {p.problem}" in str(parser.value) for p in found if ".checks." not in p.key)


def test_all_kinds_of_problem_are_in_one_list(tmp_path):
    """A contradiction, a name of a group, an unknown role, an unknown part and an unknown check at once."""
    text = (SITES / "13-one-set-of-rules/site.facility.yaml").read_text()
    text = text.replace("memory_mib: 16000}", "memory_mib: 16000, accelerators: {part: h200, count: 1}}")
    text = text.replace("default: true}", "default: true, checks: {NoSuchCheck: {bw: null}}}")
    path = tmp_path / "facility.yaml"
    path.write_text(f"{text}manages: [no_such_role]\nracks: {{r1: n9}}\n")
    codes = {problem.code for problem in check_facilities([str(path)]).problems}
    assert {"MW1108", "MW1331", "MW1225", "MW1211"} <= codes
    assert len(codes) == 5
