"""Which roles there are."""

from millwright.facility.places import checkout


def known_roles() -> tuple[str, ...]:
    """Names of the roles of this checkout, in alphabetical order."""
    return tuple(
        sorted(path.name for path in (checkout() / "playbooks" / "roles").glob("*") if path.is_dir())
    )
