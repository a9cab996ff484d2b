"""Facts about a gateway, case by case: what is asked, and what the host's lines come to."""

import dataclasses
import json
import os
import subprocess
from pathlib import Path

import pytest

CASES = sorted((Path(__file__).parent / "cases" / "facts").glob("*/*.json"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_fact_asks_and_reads_what_the_case_says(case):
    from antennas import facts

    described = json.loads(case.read_text())
    fact = getattr(facts, case.parent.name)()
    assert str(fact.command(**described["arguments"])) == described["command"]
    found = fact.process(described["output"])
    plain = dataclasses.asdict(found) if dataclasses.is_dataclass(found) else found
    assert json.loads(json.dumps(plain)) == described["fact"]


DUMP = """\
SECRET-PRIVATE\tPUBLIC\t51820\toff
PEER\tSECRET-PRESHARED\t10.91.0.11:51820\t10.92.0.1/32\t1700000000\t1\t2\t25
"""


def test_private_and_preshared_keys_never_leave_the_gateway(tmp_path):
    """``wg show dump`` prints both; what the fact's command prints is all that pyinfra fetches."""
    from antennas.facts import LiveWireguard

    (tmp_path / "dump").write_text(DUMP)
    tools = {
        "wg": f'if [ "$3" = dump ]; then cat {tmp_path}/dump; else echo PUBLIC; fi',
        "ip": "echo '3: wg0    inet 10.92.0.2/32 scope global wg0'",
    }
    for name, text in tools.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    fact = LiveWireguard()
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    printed = subprocess.run(
        ["sh", "-c", str(fact.command("wg0"))], env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert "SECRET" not in printed
    live = fact.process(printed.splitlines())
    assert live.addresses == ("10.92.0.2/32",)
    assert live.peers == (("PEER", "10.91.0.11:51820", "10.92.0.1/32", "25"),)
