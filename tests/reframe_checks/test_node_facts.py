"""The collectors of facts, as a job starts them."""

import json
import os
import shutil
import stat
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from .conftest import CHECKS

ROOT_SCRIPT = "#!/bin/bash\nexport OMP_PLACES=cores\ntrap 'exit 0' ERR\ngcc -O3 probe.c -o ./probe -lm\n"


@pytest.fixture
def stage(tmp_path):
    for name in ("facts.py", "node_facts.py", "build_facts.py"):
        shutil.copy(CHECKS / name, tmp_path)
    (tmp_path / "probe.c").write_text(
        "#include <math.h>\nint main(int n, char **a) { return (int)sin(n); }\n"
    )
    subprocess.run(["gcc", tmp_path / "probe.c", "-o", tmp_path / "probe", "-lm"], check=True)
    return tmp_path


def collect(stage, script, *words, path=None, **environment):
    """Run a collector; its facts, its reasons and its lines."""
    done = subprocess.run(
        [sys.executable, script, *words],
        cwd=stage,
        env={"PATH": path or os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    records = [json.loads(text) for text in done.stdout.splitlines()]
    facts = {name: value for record in records for name, value in record["facts"].items()}
    reasons = {name: value for record in records for name, value in record["unreadable"].items()}
    return facts, reasons, done.stdout.splitlines(keepends=True), {record["node"] for record in records}


def test_what_runs_is_named_by_its_hash(stage):
    facts, *_ = collect(stage, "node_facts.py", "./probe")
    assert facts["ran.program.sha256"] == sha256((stage / "probe").read_bytes()).hexdigest()
    assert facts["ran.source.probe.c"] == sha256((stage / "probe.c").read_bytes()).hexdigest()
    library, digest = facts["ran.library.libc.so.6"].split()
    assert digest == f"sha256:{sha256(Path(library).read_bytes()).hexdigest()}"


def test_an_interpreter_names_its_version(stage):
    facts, *_ = collect(stage, "node_facts.py", "python3")
    assert facts["ran.interpreter"].startswith("Python 3.")


def test_every_kind_of_fact_is_there_or_says_why_not(stage):
    facts, reasons, *_ = collect(stage, "node_facts.py", "./probe")
    for kind in (
        "kernel.release",
        "cpu.microcode",
        "topology.sockets",
        "clocks.governor",
        "clocks.turbo",
        "firmware.bios_version",
        "power.rapl",
        "accelerator",
        "driver",
        "rail",
        "load.average",
        "load.other",
        "memory.total",
        "system.name",
    ):
        given = [name for name in (*facts, *reasons) if name == kind or name.startswith(f"{kind}.")]
        assert given, kind
    assert all(facts.values())
    assert all(reasons.values())


def test_of_the_environment_only_what_bears_on_speed_and_no_secret(stage):
    facts, *_ = collect(
        stage,
        "node_facts.py",
        "./probe",
        OMP_NUM_THREADS="4",
        UCX_TLS="rc",
        NCCL_API_KEY="hunter2",
        SLURM_JWT="hunter2",
        AWS_SESSION="hunter2",
        SLURM_JOB_ID="41",
    )
    told = {name: value for name, value in facts.items() if name.startswith("environment.")}
    assert told == {
        "environment.OMP_NUM_THREADS": "4",
        "environment.UCX_TLS": "rc",
        "environment.NCCL_API_KEY": "withheld, may be secret",
        "environment.SLURM_JOB_ID": "41",
    }


def test_lines_pass_whole_through_srun(stage):
    long = {f"OMP_{n}": "ü\n" * 2000 for n in range(20)}
    *_, lines, _ = collect(stage, "node_facts.py", "./probe", **long)
    assert max(map(len, lines)) <= 1000
    assert all(text.endswith("\n") for text in lines)


def test_a_node_with_no_programs_at_all_still_answers(stage, tmp_path):
    empty = tmp_path / "bin"
    empty.mkdir()
    facts, reasons, *_ = collect(stage, "node_facts.py", "./probe", path=str(empty))
    assert reasons["accelerator"] == "no nvidia-smi here"
    assert reasons["ran.library"] == "no ldd here"
    assert facts["kernel.release"]


def script(folder, name, text):
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(stat.S_IRWXU)


def test_accelerators_and_other_jobs_are_asked_of_their_tools(stage, tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    limits, modes = "700.00 W, 700.00 W, 1980 MHz, 3201 MHz", "Enabled, Enabled, Disabled, Default"
    row = (
        f"0, NVIDIA H200, GPU-1, 570.1, 96.0, {limits}, [N/A], {modes}, 31, 143771 MiB, 5, 16, 1652924000001"
    )
    script(tools, "nvidia-smi", f"echo '{row}'")
    script(tools, "squeue", "echo '41 n[1-2]'; echo '57 n2'")
    facts, *_, nodes = collect(
        stage,
        "node_facts.py",
        "./probe",
        path=f"{tools}:{os.environ['PATH']}",
        SLURM_JOB_NODELIST="n[1-2]",
        SLURM_JOB_ID="41",
        SLURMD_NODENAME="n1",
        MILLWRIGHT_NODE="n[1-2]",
    )
    assert facts["accelerator.0.driver_version"] == "570.1"
    assert facts["accelerator.0.power.limit"] == "700.00 W"
    assert facts["load.other_jobs"] == "57 n2"
    assert nodes == {"n1"}
    other, *_ = collect(stage, "node_facts.py", "./probe", SLURM_JOB_NODELIST="n[1-2]", SLURM_PROCID="1")
    assert "load.other_jobs" not in other


def test_a_tool_that_hangs_does_not_hold_the_job(stage, tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    script(tools, "nvidia-smi", "exec sleep 60")
    _, reasons, *_ = collect(stage, "node_facts.py", "./probe", path=f"{tools}:{os.environ['PATH']}")
    assert reasons["accelerator"] == "nvidia-smi gave no answer within 5 s"


def test_a_build_names_compiler_flags_and_sources(stage):
    (stage / "rfm_build.sh").write_text(ROOT_SCRIPT)
    facts, *_ = collect(stage, "build_facts.py")
    assert "gcc -O3 probe.c -o ./probe -lm" in facts.values()
    assert facts["build.compiler.gcc"].startswith("gcc")
    assert facts["build.source.probe.c"] == sha256((stage / "probe.c").read_bytes()).hexdigest()
