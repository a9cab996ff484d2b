"""Node sets in texts that nobody has checked: what is no set is no error here."""

from collections.abc import Sequence

from millwright.core.node_sets import NodeSetError, expand, fold


def expanded(text: str) -> tuple[str, ...]:
    """Names of a set; none where the text is no set."""
    try:
        return expand(text) if text else ()
    except NodeSetError:
        return ()


def folded(names: Sequence[str]) -> str:
    """Names as one set; a list with commas where they are no names of hosts."""
    try:
        return fold(tuple(names))
    except NodeSetError:
        return ",".join(names)


class Remarks:
    """Collects remarks; one key may have several."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}

    def __call__(self, key: str, text: str) -> None:
        """Add one."""
        self.found.setdefault(key, []).append(text)
