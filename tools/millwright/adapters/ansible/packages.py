"""The packages that the roles' own table names."""

from collections.abc import Iterable

import yaml

from millwright.core.places import product_root


def packages_of_groups(groups: Iterable[str], operating_system: str) -> tuple[str, ...]:
    """Packages that the role ``packages`` installs on hosts of these groups, in alphabetical order.

    ``operating_system`` is the name that roles use, for example ``debian-13``.
    Raises :exc:`KeyError` for a group that the role's table does not have.
    """
    role = product_root() / "playbooks" / "roles" / "packages"
    table = yaml.safe_load((role / "defaults" / "main.yml").read_text(encoding="utf-8"))["packages_by_group"]
    system = yaml.safe_load((role / "vars" / f"{operating_system}.yml").read_text(encoding="utf-8"))
    names = system["packages_system"]["names"]
    return tuple(
        sorted({name for group in groups for each in table[group] for name in names.get(each, [each])})
    )
