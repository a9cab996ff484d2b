"""Each check on recorded nodes; a case says which fault codes must come of it, or that it could not test."""

from functools import partial
from pathlib import Path

import pytest
import yaml
from node_health import devices, host
from node_health.catalogue import CATALOGUE
from node_health.reading import CouldNotTestError

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))


def check_of(case):
    if case["check"] == "file_system":
        return partial(host.file_system_answers, path=case["path"])
    return getattr(host, case["check"], None) or getattr(devices, case["check"])


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path, recorded_node):
    case = yaml.safe_load(path.read_text())
    recorded = {
        key: case[key] for key in ("files", "commands", "space", "broken", "kernel_log") if key in case
    }
    run = partial(check_of(case), recorded_node(**recorded), case.get("expected", {}))
    if "could_not_test" in case:
        with pytest.raises(CouldNotTestError, match=case["could_not_test"]):
            list(run())
    else:
        assert [list(found) for found in run()] == case["finds"]


def test_every_code_comes_of_some_case():
    """A code that no recorded node provokes may never come; one file system that hangs is tested for real."""
    found = {code for path in CASES for code, _ in yaml.safe_load(path.read_text()).get("finds", [])}
    assert set(CATALOGUE) - found == {"FS_HUNG"}
