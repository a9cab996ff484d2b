"""fio 2.x and 3.x: JSON, JSON+, normal and terse output.

JSON is preferred if an output holds several forms. A job that was interrupted still prints complete figures,
so its run time is held against the one asked for.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from millwright.checks.parser import Evidence, Fault, Measurement, Parsed, join_parameters
from millwright.results.tools.fio_job import Job
from millwright.results.tools.fio_json import read_json
from millwright.results.tools.fio_text import read_normal, read_terse
from millwright.results.tools.text import ToolText, texts
from millwright.results.tools.trouble import find_trouble

BAD = re.compile(
    r"^fio: (?:terminating on signal|pid=\d+, (?:err=|got signal)|io_u error|engine .* not loadable|failed )"
    r"|verify(?: type mismatch|: bad|.* failed)|^fio: .*\berror=|^fio: .*: No such file"
    r"|you need to specify size="
    r"|^fio: (?:unrecognized option|job startup hung|file hash not empty|posix_fallocate fails)"
    r"|^\S+: (?:No|Bad|Failed|Invalid) .*"
)
VERSION = re.compile(r"\bfio-(\d[\w.-]*)")
PARAMETERS = ("rw", "bs", "iodepth", "numjobs", "ioengine", "direct", "rwmixread", "size")
ALIASES = {"readwrite": "rw", "blocksize": "bs"}


def parse(evidence: Evidence) -> Parsed:
    """Read the jobs of every file."""
    files = texts(evidence)
    faults = [*find_trouble(files), *_find_bad_lines(files)]
    asked = _options(evidence.command)
    jobs: list[Job] = []
    version = started = ""
    for text in files:
        found, wrong, when = _read(text)
        jobs += found
        faults += wrong
        started = started or when
        version = version or next((m[1] for line in text.lines if (m := VERSION.search(line))), "")
    for job in jobs:
        faults += job.check(asked)
    if not jobs:
        faults.append(Fault("no result of fio"))
    return Parsed(
        measurements=tuple(_measure(jobs)),
        faults=tuple(faults),
        version=version,
        hosts=tuple(dict.fromkeys(job.host for job in jobs if job.host)),
        started=started,
    )


def _find_bad_lines(files: Sequence[ToolText]) -> Iterator[Fault]:
    for text in files:
        for index, line in enumerate(text.lines):
            if BAD.search(line) and not line.startswith(("{", " ", "}")):
                yield Fault(f"{text.at(index)}: {line.strip()[:200]}")


def _options(command: str) -> dict[str, str]:
    """Options of a command line that starts one job; a command of several jobs is not told apart."""
    words = [word.strip("'\"") for word in command.split()]
    if sum(word.startswith("--name") for word in words) != 1:
        return {}
    pairs = (word.removeprefix("--").partition("=") for word in words if word.startswith("--"))
    return {ALIASES.get(name, name): value for name, _, value in pairs}


def _read(text: ToolText) -> tuple[list[Job], list[Fault], str]:
    if any(line.startswith("{") for line in text.lines):
        return read_json(text)
    if any(line.split(";")[1:2] and VERSION.match(line.split(";")[1]) for line in text.lines if ";" in line):
        return (*read_terse(text), "")
    return (*read_normal(text), "")


def _measure(jobs: Sequence[Job]) -> Iterator[Measurement]:
    """One series a job and metric; jobs of one name ran side by side and are told apart as devices."""
    names = Counter((job.name, job.host) for job in jobs)
    seen: Counter[tuple[str, str]] = Counter()
    for job in jobs:
        key = job.name, job.host
        device = f"job{seen[key]}" if names[key] > 1 else ""
        seen[key] += 1
        options = {ALIASES.get(name, name): value for name, value in job.options.items()}
        parameters = join_parameters(
            {"job": job.name, **{name: options.get(name, "") for name in PARAMETERS}}
        )
        for metric, (value, unit) in job.values.items():
            yield Measurement(metric, parameters, unit, (value,), job.host, device)
