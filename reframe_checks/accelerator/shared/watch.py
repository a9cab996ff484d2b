"""An end for what would wait for ever: a collective whose partner is gone never returns by itself."""

import contextlib
import os
import sys
import threading

import probe


@contextlib.contextmanager
def within(seconds, step):
    """End this process, with a message, where the step takes longer; Slurm then ends the others."""
    timer = threading.Timer(seconds, _end, (seconds, step))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _end(seconds, step):
    """From a thread: the main one waits in a library that no exception reaches."""
    sys.stderr.write(f"probe: {step} hangs since {seconds:.0f} s\n")
    sys.stderr.flush()
    os._exit(probe.FAILED)
