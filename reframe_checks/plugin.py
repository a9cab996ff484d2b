"""Base of every check: when its result counts, and what it is compared with.

ReFrame alone lets much pass in silence: a job that exits with 3 or is killed at its time limit, a node
whose output is missing, a metric that was never measured. Here each of these fails the check.
"""

import json
import shlex
import shutil
import sys
from pathlib import Path

import reframe.utility.sanity as sn
import reframe.utility.typecheck as typ
from reframe.core.builtins import loggable_as, run_after, run_before, sanity_function, variable
from reframe.core.exceptions import ReframeError, SanityError

from millwright.checks.declaration import FILE
from millwright.checks.naming import name_variant, split_case
from millwright.results.attribution import attribute
from millwright.results.completeness import find_missing, worst_medians
from millwright.results.ingest import EXPLAINED_STATES, GOOD_STATES
from millwright.results.parsers.probe import parse_probe

from .nodes import NodesPlugin

MAX_REASONS = 10
NODE_FACTS = "rfm_facts.jsonl"
BUILD_FACTS = "rfm_build_facts.jsonl"
COLLECTORS = ("facts.py", "node_facts.py", "build_facts.py")
NODE_RUN = "node_run.py"
COLLECTOR_SECONDS = 60
SHARED = "shared"
"""Folder beside the checks of an area, with what several of them use."""
BUILD_ERRORS = (": error:", "cannot find", "command not found")  # of compiler, linker and shell


class MillwrightCheck(NodesPlugin):
    """A check names its probe and how that is built; what it measures and needs is in its ``check.yaml``."""

    #: File of the probe, beside the check or in the folder ``shared`` of its area.
    probe = variable(str)
    #: Other files in either place that the probe imports.
    probe_parts = variable(typ.List[str], value=[])
    _output = None

    @run_after("init")
    def select_hardware(self):
        """Partitions are chosen by feature, never by name."""
        declared = self.declaration
        if declared.name != type(self).__name__:
            raise ReframeError(f"{type(self).__name__} is declared as {declared.name} in {FILE}")
        self.descr = declared.description
        self.valid_systems = [" ".join(f"+{feature}" for feature in declared.features) or "*"]
        self.tags = set(declared.all_tags)

    @run_after("init")
    def set_defaults(self):
        """Built beside ReFrame, run on nodes that nobody else uses, not awaited for ever."""
        self.sourcesdir = None
        self.build_locally = True
        self.exclusive_access = True
        self.max_pending_time = self.max_pending_time or "30m"

    @run_after("setup")
    def stage_probe(self):
        """The stage folder is where every node sees it; the checks themselves need not."""
        root, here = Path(__file__).parent, Path(self.prefix)
        places = (here, here.parent / SHARED)
        headers = [header for place in places for header in place.glob("*.h")]
        parts = [_find(name, places) for name in (self.probe, *self.probe_parts)]
        sources = (root / "probe.h", root / "probe.py", root / NODE_RUN, *headers, *parts)
        for source in (*sources, *map(root.joinpath, COLLECTORS)):
            shutil.copy(source, self.stagedir)
        kept = (BUILD_FACTS, NODE_FACTS, *(source.name for source in sources))
        self.keep_files = list(dict.fromkeys([*self.keep_files, *kept]))

    @run_before("compile")
    def defer_build_errors(self):
        """Of a build that fails, ReFrame tells the exit code only; `require_program` tells why."""
        self.prebuild_cmds = ["trap 'exit 0' ERR"]

    @run_before("compile")
    def collect_build_facts(self):
        """Part of the build script, so that the compilers are those that built."""
        collect = f"{shlex.quote(sys.executable)} build_facts.py > {BUILD_FACTS} || true"
        self.postbuild_cmds = [*self.postbuild_cmds, collect]

    @run_before("run")
    def collect_node_facts(self):
        """Once a node, before the measurement; a node that gives no facts may still be measured."""
        count = len(self.nodes_taken)
        srun = f"timeout {COLLECTOR_SECONDS} srun --nodes={count} --ntasks={count} --ntasks-per-node=1"
        start = srun if self.is_on_slurm else f"timeout {COLLECTOR_SECONDS}"
        failed = json.dumps({"node": "", "facts": {}, "unreadable": {"collector": "exit code $?"}})
        failure = 'echo "' + failed.replace('"', '\\"') + f'" >> {NODE_FACTS}'
        program = shlex.quote(self.executable)
        collect = f"{start} python3 node_facts.py {program} > {NODE_FACTS} 2> /dev/null || {failure}"
        self.prerun_cmds = [collect, *self.prerun_cmds]

    @run_after("compile")
    def require_program(self):
        """A compiler or a library that is missing is the reason why nothing was measured."""
        if self.build_system and not Path(self.stagedir, self.executable).is_file():
            lines = self.read(self.build_job.stderr).splitlines()
            errors = [line for line in lines if any(mark in line for mark in BUILD_ERRORS)] or lines
            raise ReframeError(f"its probe could not be built: {' / '.join(errors[:2]) or 'no message'}")

    @run_after("setup")
    def set_references(self):
        """Numbers come from the facility only, for this partition."""
        variant = name_variant(*split_case(self.display_name))
        committed = self.current_partition.extras["references"].get(variant, {})
        bounds = {metric: tuple(bound) for metric, bound in committed.items()}
        self.reference = {self.current_partition.fullname: bounds}

    @sanity_function
    def result_counts(self):
        """A good job and a complete output, or no result at all."""
        output, jobs = list(self.find_output_problems()), list(self.find_job_problems())
        if output and self.is_independent and self.has_whole_place(output):
            return True  # the job's end is explained by these places, which alone don't count
        problems = [*jobs, *(fault.text for fault in output)]
        if problems:
            raise SanityError("; ".join(problems[:MAX_REASONS]))
        return True

    @run_before("performance")
    def summarise(self):
        """For ReFrame's own reports, one value a metric: the median of the worst node."""
        values = worst_medians(self.output.samples, self.metrics)
        for metric, value in values.items():
            unit = self.metrics[metric].unit
            self.perf_variables[metric] = sn.make_performance_function(sn.defer(value), unit)

    @loggable_as("job_state")  # type: ignore[prop-decorator]  # ReFrame wraps the property
    @property
    def _job_state(self):
        return self.job.state if self.job else None

    def find_job_problems(self):
        """ReFrame takes neither the exit code nor the state of a job into account."""
        if self.job.state not in GOOD_STATES:
            yield f"its job ended as {self.job.state}"
        if self.job.exitcode != 0:
            yield f"its job exited with {self.job.exitcode}: {self.last_words() or 'no message'}"

    def last_words(self):
        """The last of what the job wrote to stderr, without what srun has to say about it."""
        lines = dict.fromkeys(line.strip() for line in self.read(self.job.stderr).splitlines())
        said = [line for line in lines if line and not line.startswith("srun: ")]
        return " / ".join(said[-3:])

    def find_output_problems(self):
        """Broken lines, nodes that never finished, metrics or repetitions that are missing."""
        faults = attribute(self.output, self.places) if self.declaration.independent else self.output.faults
        yield from faults or find_missing(self.output.samples, self.metrics, self.places)

    @property
    def is_independent(self):
        """Whether a place that failed says nothing about the others."""
        return self.declaration.independent and self.job.state in EXPLAINED_STATES

    def has_whole_place(self, faults):
        """Whether each fault concerns one place, and another place is left."""
        spoiled = {fault.node for fault in faults}
        return "" not in spoiled and not spoiled.issuperset(self.places)

    @property
    def output(self):
        """Samples and faults of the job's output, which is parsed once."""
        if self._output is None:
            path = Path(self.stagedir, self.job.stdout)
            self._output = parse_probe(path if path.exists() else "", self.metrics)
        return self._output

    def read(self, name):
        """Text of a file in the stage folder; empty if the job left none."""
        path = Path(self.stagedir, name)
        return path.read_text(errors="replace") if path.exists() else ""


def _find(name, places):
    """The first place that has the file."""
    for place in places:
        if (place / name).is_file():
            return place / name
    raise ReframeError(f"{name} is in none of {', '.join(map(str, places))}")
