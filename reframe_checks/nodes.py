"""Which nodes a check takes, and how its probe starts on them: one job, whatever the number of nodes."""

import functools
import shlex
from pathlib import Path

import reframe as rfm
import reframe.utility.typecheck as typ
from reframe.core.builtins import run_before, variable
from reframe.core.exceptions import ReframeError
from reframe.core.runtime import runtime

from millwright.adapters.slurm.partition_state import node_states
from millwright.checks.declaration import FILE, Scope, read_declaration
from millwright.core.node_sets import fold

ALL_NODES = 0
START_S = 120
"""Of a job's time limit, for everything but the probe."""
MIN_NODE_S = 60
"""A probe has at least this time on a node."""


class NodesPlugin(rfm.RegressionTestPlugin):
    """Takes every working node of the partition, one process a node, unless the check declares otherwise."""

    #: How many of the partition's working nodes take part.
    nodes_wanted = variable(int, value=ALL_NODES)
    #: With fewer working nodes there is nothing to measure.
    nodes_needed = variable(int, value=1)
    #: What srun needs to know besides.
    launcher_options = variable(typ.List[str], value=[])
    #: Nodes that took no job, with Slurm's state and reason.
    nodes_left_out = variable(typ.Dict[str, str], value={}, loggable=True)
    #: Nodes of the job, in order.
    nodes_taken = variable(typ.List[str], value=[], loggable=True)

    @run_before("run")
    def select_nodes(self):
        """Leave out a drained node, which the job would wait for; its values then show as not measured."""
        partition = self.current_partition
        working = partition.extras["nodes"]
        if self.is_on_slurm:
            states = node_states(partition.extras["queue"], working)
            ours = bool(partition.extras["reservation"])
            working = [state.node for state in states if state.takes_jobs or (ours and state.is_reserved)]
            self.nodes_left_out = {state.node: str(state) for state in states if state.node not in working}
        if len(working) < self.nodes_needed:
            why = ", ".join(f"{node} is {state}" for node, state in self.nodes_left_out.items())
            found = f"{len(working)} of {len(partition.extras['nodes'])} nodes of {partition.name} take jobs"
            raise ReframeError(f"{found}, {self.nodes_needed} needed: {why}")
        self.nodes_taken = working[: self.nodes_wanted or None]

    @property
    def tasks_per_node(self):
        """Processes of the probe on each node."""
        return 1

    @run_before("run")
    def start_on_nodes(self):
        """Where nodes share hardware, they are measured one after the other, within the one job."""
        if not self.is_on_slurm:
            return
        self.job.pin_nodes = self.nodes_taken
        tasks = self.tasks_per_node
        self.num_tasks, self.num_tasks_per_node = len(self.nodes_taken) * tasks, tasks
        self.num_cpus_per_task = max(1, self.current_partition.extras["cpus_per_node"] // tasks)
        self.job.launcher.options = self.launcher_options
        if self.scope is Scope.NODE and self.current_partition.extras["shared_hardware"]:
            one_node = ["--nodes=1", f"--ntasks={tasks}", '--nodelist="$node"']
            self.job.launcher.options = [*self.launcher_options, *one_node]
            self.prerun_cmds = ["worst=0", 'for node in $(scontrol show hostnames "$SLURM_JOB_NODELIST"); do']
            self.executable_opts = [*self.executable_opts, "|| worst=$?"]
            self.postrun_cmds = ["done", "exit $worst"]

    @run_before("run")
    def keep_failures_apart(self):
        """Each node says how its probe ended, and none of them ends the others."""
        if not (self.declaration.independent and self.scope is Scope.NODE):
            return
        launcher, wrapper = self.job.launcher, ["python3", "node_run.py"]
        if self.is_on_slurm:
            own = [option for option in launcher.options if not option.startswith("--kill-on-bad-exit")]
            launcher.options = [*own, "--kill-on-bad-exit=0", "--wait=0", "--no-kill", *wrapper]
            self.job.options = [*self.job.options, "--no-kill"]
        else:
            launcher.modifier, launcher.modifier_options = wrapper[0], wrapper[1:]
        option = f"systems/0/partitions/@{self.current_partition.name}/time_limit"
        limit = self.time_limit or typ.Duration(runtime().get_option(option))
        takes_turns = self.is_on_slurm and self.current_partition.extras["shared_hardware"]
        turns = len(self.nodes_taken) if takes_turns else 1
        self.env_vars["MILLWRIGHT_NODE_SECONDS"] = int(max(MIN_NODE_S, (limit - START_S) / turns))

    @run_before("run")
    def set_probe_environment(self):
        """What a probe can't find out: its name in the facility, and which share of a machine it has."""
        extras = self.current_partition.extras
        if not (self.is_on_slurm and self.scope is Scope.NODE):
            self.env_vars["MILLWRIGHT_NODE"] = shlex.quote(self.places[0])
        if extras.get("repetitions"):
            self.env_vars["MILLWRIGHT_REPETITIONS"] = extras["repetitions"]
        if extras.get("warm_up_s") is not None:
            self.env_vars["MILLWRIGHT_WARM_UP_S"] = extras["warm_up_s"]
        if extras.get("memory_mib"):
            self.env_vars["MILLWRIGHT_MEMORY_MIB"] = extras["memory_mib"]
        if extras.get("cores_per_node"):
            self.env_vars["OMP_NUM_THREADS"] = extras["cores_per_node"]

    @property
    def is_on_slurm(self):
        """Whether the partition's jobs go through Slurm."""
        return self.current_partition.scheduler.registered_name == "slurm"

    @property
    def declaration(self):
        """What the check declares in the file beside it."""
        return _read(Path(self.prefix, FILE))

    @property
    def metrics(self):
        """The metrics of this check by name."""
        return self.declaration.metrics

    @property
    def scope(self):
        """What one series covers; the same for all metrics of a check."""
        return self.declaration.scope

    @property
    def places(self):
        """What the values belong to: every node by itself, all nodes together, or the antenna's gateway."""
        return self.nodes_taken if self.scope is Scope.NODE else [fold(tuple(self.nodes_taken))]


@functools.cache
def _read(file):
    """Each declaration once, however often a check asks for it."""
    return read_declaration(file)
