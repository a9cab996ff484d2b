"""Find the Debian archive that this machine already uses, from apt's own files."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from millwright.core.errors import NotTestableError
from millwright.core.process import run_tool

DEFAULT_ARCHIVE = "http://deb.debian.org/debian"
RELEASES = ("bullseye", "bookworm", "trixie", "forky", "duke", "sid")
ALIASES = ("oldoldstable", "oldstable", "stable", "testing", "unstable")
DEBIAN_SUITES = frozenset((*RELEASES, *ALIASES))
PLAIN_URI = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~+-]+)*/?")
PROXY_URI = re.compile(r"http://([^@/\s\"$]+@)?[A-Za-z0-9.-]+(:[0-9]{1,5})?/?")
ONE_LINE = re.compile(r"^deb\s+(?:\[[^\]]*\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<components>.+)$")


@dataclass(frozen=True, slots=True)
class Source:
    """One archive, suite and component list of apt."""

    uri: str
    suites: tuple[str, ...]
    components: tuple[str, ...]


def _one_line(text: str) -> Iterator[Source]:
    for raw in text.splitlines():
        match = ONE_LINE.match(raw.split("#", 1)[0].strip())
        if match:
            yield Source(match["uri"], (match["suite"],), tuple(match["components"].split()))


def _fields(paragraph: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in paragraph.splitlines():
        if line.startswith("#"):
            continue
        if line[:1].isspace() and name:
            fields[name] += " " + line.strip()
        elif ":" in line:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            fields[name] = value.strip()
    return fields


def _deb822(text: str) -> Iterator[Source]:
    for paragraph in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")):
        fields = _fields(paragraph)
        enabled = fields.get("enabled", "yes").lower() not in {
            "no",
            "false",
            "off",
            "0",
            "without",
            "disable",
        }
        if enabled and "deb" in fields.get("types", "").split():
            suites, components = fields.get("suites", "").split(), fields.get("components", "").split()
            for uri in fields.get("uris", "").split():
                yield Source(uri, tuple(suites), tuple(components))


def parse_sources(files: Mapping[str, str]) -> tuple[Source, ...]:
    """Every enabled binary source; ``files`` maps file names to their text (``.list`` or ``.sources``)."""
    found: list[Source] = []
    for name in sorted(files):
        found.extend(_deb822(files[name]) if name.endswith(".sources") else _one_line(files[name]))
    return tuple(found)


def _is_debian(source: Source) -> bool:
    return (
        "main" in source.components
        and any(suite.removesuffix("-updates") in DEBIAN_SUITES for suite in source.suites)
        and PLAIN_URI.fullmatch(source.uri) is not None
    )


def debian_archive(files: Mapping[str, str], default: str = DEFAULT_ARCHIVE) -> str:
    """Base URI of the Debian archive, without a closing slash.

    Sources of other distributions and of security updates, and URIs with user names, other
    schemes or characters that a configuration file could misread are passed over; where
    nothing is left, as on Ubuntu, it is ``default``.
    """
    usable = (source.uri for source in parse_sources(files) if _is_debian(source))
    return next(usable, default).rstrip("/")


def archive_proxy(apt_config: str, archive: str, environment: Mapping[str, str]) -> str | None:
    """The HTTP proxy that apt would use for an archive, in apt's order; None for a direct way.

    ``apt_config`` is what ``apt-config dump`` prints.
    """
    settings = dict(re.findall(r'^(\S+) "(.*)";$', apt_config, flags=re.MULTILINE))
    folded = {key.lower(): value for key, value in settings.items()}
    parts = urlsplit(archive)
    keys = (f"acquire::{parts.scheme}::proxy::{parts.hostname}", f"acquire::{parts.scheme}::proxy")
    found = next(
        (folded[key] for key in keys if folded.get(key)), environment.get(f"{parts.scheme}_proxy", "")
    )
    return found if PROXY_URI.fullmatch(found) else None


def proxy_here(archive: str, environment: Mapping[str, str]) -> str | None:
    """The HTTP proxy that this machine's apt uses for an archive; None without apt or without a proxy."""
    try:
        config = run_tool(["apt-config", "dump"]).stdout
    except NotTestableError:
        config = ""
    return archive_proxy(config, archive, environment)


def read_sources(root: Path = Path("/etc/apt")) -> dict[str, str]:
    """Text of apt's source files on this machine."""
    paths = [root / "sources.list", *sorted((root / "sources.list.d").glob("*"))]
    wanted = [path for path in paths if path.suffix in {".list", ".sources"} and path.is_file()]
    return {str(path): path.read_text(encoding="utf-8", errors="replace") for path in wanted}
