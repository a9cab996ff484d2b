"""The how-to of a site's own check through the rack's harness, which never saw the check before."""

import json

import pytest
import yaml

from millwright.core.places import product_root

from .test_add_a_check import millwright, write_check

pytestmark = pytest.mark.rack

RACK = product_root() / "inventories" / "rack" / "facility.yaml"


def test_the_check_of_the_page_runs_on_the_nodes_of_the_rack(provisioned_rack, tmp_path):
    expected = write_check(tmp_path / "checks")
    data = yaml.safe_load(RACK.read_text())
    data["partitions"]["cpu"]["checks"] |= expected
    (tmp_path / "facility.yaml").write_text(yaml.safe_dump(data))

    ran = millwright(tmp_path, "run", "./facility.yaml", "--check", "SiteSha256", "--json")
    outcome = json.loads(ran.stdout)
    assert outcome["rejected"] == [], ran.stderr
    measured = {(row["expectation"]["parameters"], row["node"]) for row in outcome["rows"] if row["values"]}
    assert measured == {(block, f"rack-c{n}") for block in ("block=1024", "block=1048576") for n in (1, 2)}
    report = json.loads(millwright(tmp_path, "report", "rack", "--json").stdout)
    rows = [row for group in report["groups"] for row in group["rows"]]
    assert {row["variant"] for row in rows} == {"SiteSha256 %block=1024", "SiteSha256 %block=1048576"}
