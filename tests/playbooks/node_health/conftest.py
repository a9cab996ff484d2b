"""The modules of the health check, as the node will have them in one file, and a recorded node."""

import sys
from pathlib import Path

import pytest

ROLE = Path(__file__).resolve().parents[3] / "playbooks/roles/node_health"
sys.path.insert(0, str(ROLE / "files"))

from node_health.reading import CouldNotTestError  # noqa: E402 - only found with the path above


class RecordedNode:
    """A node of recorded files and outputs; what was not recorded can't be read."""

    def __init__(self, files=(), commands=(), space=(), broken=(), kernel_log=None):
        self.files, self.commands = dict(files), dict(commands)
        self.free, self.broken, self.log = dict(space), dict(broken), kernel_log

    def text(self, path):
        if path not in self.files:
            raise CouldNotTestError(f"{path}: No such file or directory")
        return self.files[path]

    def names(self, path):
        start = path.rstrip("/") + "/"
        return sorted({name[len(start) :].split("/")[0] for name in self.files if name.startswith(start)})

    def space(self, path):
        if path not in self.free:
            raise CouldNotTestError(f"{path}: {self.broken.get(path, 'No such file or directory')}")
        return self.free[path]

    def output(self, *argv):
        if argv[0] not in self.commands:
            raise CouldNotTestError(f"{argv[0]}: No such file or directory")
        return self.commands[argv[0]]

    def kernel_log(self):
        if self.log is None:
            raise CouldNotTestError("/dev/kmsg: No such file or directory")
        return self.log


@pytest.fixture
def recorded_node():
    return RecordedNode
