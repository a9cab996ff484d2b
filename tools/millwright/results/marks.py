"""What a sample carries beside its value: circumstances that a reader of the value must know."""

from enum import IntFlag

import numpy as np
from numpy.typing import NDArray

Marks = NDArray[np.uint8]
"""One a sample: flags of :class:`Mark`."""


class Mark(IntFlag):
    """A circumstance under which a sample was measured."""

    UNSTEADY = 1
    """The warm-up found no three windows in a row that agree: the rate was not settled."""
    THROTTLED = 2
    """The device lowered its clocks for power or heat while it was measured."""


WORDS = {Mark.UNSTEADY: "unsteady", Mark.THROTTLED: "throttled"}
BY_WORD = {word: mark for mark, word in WORDS.items()}
TEXTS = tuple(" ".join(word for mark, word in WORDS.items() if mark & bits) for bits in range(4))
"""The words of every combination, by its number; empty for none."""


def count(marks: Marks | None, mark: Mark) -> int:
    """Samples that carry a mark."""
    return 0 if marks is None else int(np.count_nonzero(marks & np.uint8(mark)))
