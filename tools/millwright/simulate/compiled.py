"""The one door to numba: loops that are compiled when they first run, and kept for the next time.

Importing this takes seconds, so only the loops themselves do; what is compiled goes to the cache folder,
never beside the modules, which are copied to other hosts as they are.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numba
from numba import config

from millwright.core.places import cache_folder

P = ParamSpec("P")
R = TypeVar("R")

setattr(config, "CACHE_DIR", str(cache_folder() / "compiled"))  # noqa: B010 - numba makes its settings at run time


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """The function as machine code; it may use numbers, NumPy arrays and other compiled functions only."""
    made: Any = numba.njit(cache=True)(function)
    typed: Callable[P, R] = made
    return typed
