"""Ranks of one machine that meet in a folder; NCCL's log is the text that the test gives (FAKE_NCCL_LOG)."""

import os
import pickle
import time
from enum import Enum
from pathlib import Path

import numpy as np

FAULT = os.environ.get("FAKE_TORCH", "")
_group = {}


class ReduceOp(Enum):
    SUM = "sum"
    MAX = "max"


class TCPStore:
    def __init__(self, host, port, *_rest):
        if FAULT == "unreachable":
            raise RuntimeError(f"The client socket has failed to connect to {host}:{port}\nsecond line")
        self.folder = Path(os.environ["FAKE_MEETS_IN"])

    def set(self, key, value):
        path = self.folder / key.replace("/", "_")
        path.with_suffix(f".{os.getpid()}").write_bytes(value if isinstance(value, bytes) else value.encode())
        path.with_suffix(f".{os.getpid()}").rename(path)

    def get(self, key):
        path = self.folder / key.replace("/", "_")
        while not path.exists():
            time.sleep(0.0005)
        return path.read_bytes()


def is_available():
    return True


def is_nccl_available():
    return FAULT != "no-nccl"


def init_process_group(backend, store, rank, world_size, timeout):
    assert backend == "nccl"
    _group.update(store=store, rank=rank, ranks=world_size, call=0)
    Path(os.environ["NCCL_DEBUG_FILE"]).write_text(os.environ.get("FAKE_NCCL_LOG", ""))


def _gather(value):
    _group["call"] += 1
    _group["store"].set(f"call{_group['call']}-{_group['rank']}", pickle.dumps(value))
    return [pickle.loads(_group["store"].get(f"call{_group['call']}-{r}")) for r in range(_group["ranks"])]  # noqa: S301


def barrier():
    if FAULT == "hang" and _group["rank"] == 1:
        time.sleep(60)
    _gather(None)


def all_reduce(values, op=ReduceOp.SUM):
    every = _gather(np.asarray(values))
    values[...] = np.max(every, axis=0) if op is ReduceOp.MAX else np.sum(every, axis=0)
    if FAULT == "wrong" and op is ReduceOp.SUM and _group["rank"] == 1:
        values[0] += 1
    if FAULT == "lost-rank" and op is ReduceOp.SUM:
        values[...] = every[0]
