"""What nobody could know, by the dotted key that it belongs to."""


class Remarks:
    """Collects remarks; one key may have several."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}

    def __call__(self, key: str, text: str) -> None:
        """Add one."""
        self.found.setdefault(key, []).append(text)
