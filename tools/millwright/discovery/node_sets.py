"""Node sets in texts that nobody has checked: what is no set is no error here."""

from collections.abc import Sequence

from millwright.facility.names import expand, fold


def expanded(text: str) -> tuple[str, ...]:
    """Names of a set; none where the text is no set."""
    try:
        return expand(text) if text else ()
    except Exception:  # ClusterShell raises several unrelated types
        return ()


def folded(names: Sequence[str]) -> str:
    """Names as one set; a list with commas where they are no names of hosts."""
    try:
        return fold(tuple(names))
    except Exception:  # the same
        return ",".join(names)
