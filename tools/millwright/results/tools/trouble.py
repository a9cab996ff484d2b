"""What launchers, schedulers, shells and the system print when a job went wrong."""

import re
from collections.abc import Iterable, Iterator

from millwright.checks.parser import Fault
from millwright.results.tools.text import ToolText

LITERAL = (
    # Open MPI and PRRTE
    *(
        f"{launcher} {what}"
        for launcher in ("mpirun", "mpiexec", "prterun", "orterun")
        for what in ("detected", "noticed", "has exited", "was unable", "is unable")
    ),
    "terminated normally, but",
    "MPI_ABORT was invoked",
    "An error occurred in MPI_",
    "*** Process received signal",
    "exited on signal",
    "not enough slots available",
    "user-provided time limit for job execution",
    "ORTE_ERROR_LOG",
    "PRTE_ERROR_LOG",
    "PRTE ERROR",
    "ORTE was unable",
    "PRTE was unable",
    "total processes failed to start",
    # MPICH, Intel MPI and Cray
    "BAD TERMINATION",
    "KILLED BY SIGNAL",
    "application called MPI_Abort",
    "Fatal error in PMPI_",
    "Fatal error in MPI_",
    "internal_Abort",
    "Assertion failed in file",
    # Slurm, PBS and LSF
    "srun: error:",
    "slurmstepd: error:",
    "sbatch: error:",
    "salloc: error:",
    "DUE TO TIME LIMIT",
    "DUE TO NODE FAILURE",
    "DUE TO PREEMPTION",
    "oom-kill",
    "oom_kill",
    "Out Of Memory",
    "PBS: job killed",
    "TERM_RUNLIMIT",
    "TERM_MEMLIMIT",
    "TERM_OWNER",
    # Shells and the system
    "Segmentation fault",
    "Bus error",
    "core dumped",
    "Floating point exception",
    "Illegal instruction",
    "No space left on device",
    "Disk quota exceeded",
    "Input/output error",
    "Read-only file system",
    "free(): ",
    "malloc(): ",
    "double free or corruption",
    "stack smashing detected",
    "Cannot allocate memory",
    "Could Not Allocate Memory",
    "error while loading shared libraries",
    "command not found",
)
PATTERNS = tuple(
    (needle, re.compile(pattern, re.MULTILINE))
    for needle, pattern in (
        ("PML ", r"PML \S+ cannot be selected"),
        ("Abort(", r"Abort\(\d+\) on node"),
        ("CANCELLED", r"\*\*\* (?:STEP|JOB) .* CANCELLED"),
        ("exited with exit code", r"task\(s\) exited with exit code [1-9]"),
        ("Killed", r"^Killed$|line \d+: +\d+ Killed"),
        ("Terminated", r"^Terminated$|line \d+: +\d+ Terminated"),
        ("Aborted", r"^Aborted$|line \d+: +\d+ Aborted"),
        ("Assertion `", r"Assertion `.*' failed"),
    )
)
"""A literal text that must be there for the pattern to be tried: outputs may have a million lines."""
MAX_SHOWN = 5


def find_trouble(files: Iterable[ToolText]) -> Iterator[Fault]:
    """Signs that a job did not end well, in any of its files."""
    for text in files:
        whole = "\n".join(text.lines)
        starts = {at for needle in LITERAL if (at := whole.find(needle)) >= 0}
        for needle, pattern in PATTERNS:
            if needle in whole and (match := pattern.search(whole)):
                starts.add(match.start())
        for at in sorted(starts)[:MAX_SHOWN]:
            index = whole.count("\n", 0, at)
            yield Fault(f"{text.at(index)}: {text.lines[index].strip()[:200]}")
