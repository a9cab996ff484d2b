"""When a warm-up ends: C and Python probes by the same rule, from the same repetitions."""

import subprocess
import sys

import pytest

from .conftest import CHECKS

C_PROBE = """
#include "probe.h"
int main(int argc, char **argv)
{
    int runs = 0;
    for (probe_warm_up(); probe_is_warming("triad_bw"); runs++)
        probe_warmed(atof(argv[1 + runs % (argc - 1)]));
    printf("# %d\\n", runs);
    return 0;
}
"""
PYTHON_PROBE = """
import sys, probe
warm_up, runs = probe.WarmUp(), 0
while warm_up.is_needed:
    warm_up.add(float(sys.argv[1 + runs % (len(sys.argv) - 1)]))
    runs += 1
sys.stdout.write(probe.mark("unsteady", "triad_bw") if warm_up.is_unsteady else "")
print(f"# {runs}")
"""


@pytest.fixture(scope="module")
def warm_up(tmp_path_factory):
    """Repetitions of a warm-up whose repetitions take these seconds in turn, and whether it was unsteady."""
    folder = tmp_path_factory.mktemp("warm-up")
    (folder / "probe.c").write_text(C_PROBE)
    command = ["gcc", "-O2", f"-I{CHECKS}", str(folder / "probe.c"), "-o", str(folder / "probe"), "-lm"]
    subprocess.run(command, check=True)
    commands = {"c": [str(folder / "probe")], "python": [sys.executable, "-c", PYTHON_PROBE]}

    def run(language, seconds, limit):
        environment = {"MILLWRIGHT_WARM_UP_S": limit, "MILLWRIGHT_NODE": "n1", "PYTHONPATH": str(CHECKS)}
        arguments = [*commands[language], *map(str, seconds)]
        done = subprocess.run(
            arguments, env=environment, capture_output=True, text=True, check=True, timeout=30
        )
        lines = done.stdout.splitlines()
        return int(lines[-1].removeprefix("# ")), any('"mark"' in line for line in lines)

    return run


@pytest.mark.parametrize("language", ["c", "python"])
@pytest.mark.parametrize(
    ("seconds", "limit", "runs"),
    [
        ([0.25], "60", 6),
        ([0.5], "60", 3),
        ([0.7, 0.7, 0.5, 0.5, 0.5], "60", 5),
        ([0.5, 0.5, 0.5049], "60", 3),
        ([30.0], "0", 1),
    ],
)
def test_a_warm_up_ends_with_three_windows_that_agree(warm_up, language, seconds, limit, runs):
    assert warm_up(language, seconds, limit) == (runs, False)


@pytest.mark.parametrize("language", ["c", "python"])
def test_a_warm_up_that_never_agrees_ends_after_its_time_and_marks_what_follows(warm_up, language):
    runs, is_unsteady = warm_up(language, [0.5, 0.52], "0.2")
    assert is_unsteady
    assert runs > 3
