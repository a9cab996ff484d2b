"""What a site's repository begins with: the text of each file."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from millwright.facility.load import facility_schema

TEMPLATES = Path(__file__).with_name("templates")
SUFFIX = ".in"
HIDDEN = "dot-"
"""Begins the name of a template whose file begins with a dot."""
NAME = "NAME"
"""Folder of a template that is called after the facility."""
LINK = ".millwright"
"""Link to the product on this machine."""
SCHEMA = PurePosixPath("inventories/facility.schema.json")
SCHEMA_LINE = "# yaml-language-server: $schema=../facility.schema.json"

Files = dict[PurePosixPath, str]


def facility_path(name: str) -> PurePosixPath:
    """Where the description of a facility is in a site's repository."""
    return PurePosixPath("inventories", name, "facility.yaml")


def site_files(name: str, *, version: str, ansible_config: str, facility: str | None = None) -> Files:
    """Every file of a new repository, by its path.

    ``name`` must be a facility's name; ``ansible_config`` is the product's own, ``facility`` a description to
    begin with instead of the template's.
    """
    values = {"NAME": name, "TITLE": json.dumps(f"{name}: a site of its own"), "VERSION": version}
    files = {_placed(path, name): _filled(path.read_text("utf-8"), values) for path in _templates()}
    files[SCHEMA] = json.dumps(facility_schema(), indent=2) + "\n"
    files[PurePosixPath("ansible.cfg")] = for_site(ansible_config)
    if facility is not None:
        files[facility_path(name)] = with_schema_line(facility)
    return files


def _templates() -> Iterator[Path]:
    return (path for path in sorted(TEMPLATES.rglob(f"*{SUFFIX}")) if path.is_file())


def _placed(template: Path, name: str) -> PurePosixPath:
    """The path of the file that a template is for.

    >>> _placed(TEMPLATES / "dot-github/NAME/x.yml.in", "coast")
    PurePosixPath('.github/coast/x.yml')
    """
    parts = template.relative_to(TEMPLATES).with_suffix("").parts
    return PurePosixPath(*(name if part == NAME else re.sub(f"^{HIDDEN}", ".", part) for part in parts))


def _filled(text: str, values: Mapping[str, str]) -> str:
    return re.sub(r"@([A-Z]+)@", lambda found: values[found[1]], text)


def for_site(ansible_config: str) -> str:
    """The product's ansible.cfg for a site: its folders are behind the link, after the site's own roles."""
    lines = re.sub(r"(?m)^(\w+) = (inventories|playbooks)/", rf"\1 = {LINK}/\2/", ansible_config)
    lines = lines.replace("roles_path = ", "roles_path = roles:")
    first = f"# Ansible reads this file when it is started here. `millwright init .` makes the link {LINK}.\n"
    return re.sub(r"\A#[^\n]*\n", lambda _: first, lines)


def with_schema_line(facility: str) -> str:
    """A description with the line that names its schema to editors, for where it is now."""
    lines = [line for line in facility.splitlines() if not line.startswith("# yaml-language-server:")]
    return "\n".join([SCHEMA_LINE, *lines]) + "\n"
