"""``millwright facility discover``: describe a cluster that exists."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from millwright.app.context import Context
from millwright.app.document import Document
from millwright.app.site.facility import load_checked
from millwright.core.errors import BadInputError, ExitCode, Problem
from millwright.core.files import write_new
from millwright.discovery import sources
from millwright.discovery.ask import ask_host, read_captured, read_inventory
from millwright.discovery.cluster import read_cluster
from millwright.discovery.describe import DiscoveryHints, describe
from millwright.discovery.writing import write_facility


@dataclass(frozen=True, slots=True)
class DiscoverRequest:
    """The cluster to describe and what its administrator adds; empty texts stand for nothing."""

    host: str = ""
    """Login host to ask over SSH."""
    captured: str = ""
    """Folder of captured answers instead of a host."""
    inventory: str = ""
    """Ansible inventory that knows addresses."""
    login: str = ""
    harness: str = ""
    ssh_user: str = ""
    ssh_config: str = ""
    output: str = ""
    """File to write; it must not exist."""


class Discovered(Document):
    """A description of a cluster, and what could not be known."""

    format: Literal["millwright-facility-discover/1"] = "millwright-facility-discover/1"
    facility: dict[str, Any]
    """Keys of a facility file."""
    unknown: dict[str, tuple[str, ...]]
    """Remarks by the dotted key that they belong to."""
    fill_in: tuple[str, ...]
    """Problems that ``millwright facility check`` would find: to be filled in first."""

    @property
    def exit_code(self) -> ExitCode:
        """3 if keys must be filled in."""
        return ExitCode.NOT_TESTED if self.fill_in else ExitCode.OK


def capture_commands() -> tuple[str, ...]:
    """Shell commands to run on a login host that can't be reached from here."""
    return tuple(sources.capture_commands())


def discover_facility(
    context: Context, request: DiscoverRequest, environment: Mapping[str, str] | None = None
) -> tuple[Discovered, str]:
    """The description and the text of its facility file, which is written if the request names a file.

    The cluster is only read. Raises :exc:`BadInputError` unless there is exactly one source and the file is
    new, and :exc:`NotTestableError` if the host can't be asked.
    """
    _refuse(request)
    texts = _answers(context, request)
    variables = os.environ if environment is None else environment
    inventory = read_inventory(Path(request.inventory), variables) if request.inventory else ""
    cluster = read_cluster(texts, inventory)
    hints = DiscoveryHints(
        request.login or cluster.asked_host, request.harness, request.ssh_user, request.ssh_config
    )
    description = describe(cluster, hints)
    text = write_facility(description)
    fill_in = find_missing_keys(text)
    if request.output:
        _write(Path(request.output), text)
    found = Discovered(
        facility=dict(description.data), unknown=dict(description.unknown), fill_in=tuple(fill_in)
    )
    return found, text


def _answers(context: Context, request: DiscoverRequest) -> Mapping[str, str]:
    if request.captured:
        return read_captured(Path(request.captured))
    keys = ("-F", str(Path(request.ssh_config).expanduser())) if request.ssh_config else ()
    user = ("-l", request.ssh_user) if request.ssh_user else ()
    return ask_host((*keys, *user, request.host), lambda text: context.warn(f"asking: {text}"))


def _refuse(request: DiscoverRequest) -> None:
    problems = []
    if bool(request.host) == bool(request.captured):
        expected = "--from HOST or --captured FOLDER"
        problems.append(
            Problem("--from", request.host or "-", "one source is needed", expected, code="MW2208")
        )
    if request.host.startswith("-"):
        problems.append(
            Problem("--from", request.host, "not a host", "the name of a login host", code="MW2209")
        )
    if request.output and Path(request.output).exists():
        expected = "a file that does not exist yet"
        problems.append(Problem("--output", request.output, "already exists", expected, code="MW2210"))
    if problems:
        raise BadInputError(problems)


def find_missing_keys(text: str) -> list[str]:
    """The problems of a facility file's text, as ``millwright facility check`` would list them."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "facility.yaml"
        file.write_text(text, encoding="utf-8")
        try:
            load_checked(str(file))
        except BadInputError as error:
            return [f"{p.key}: {p.problem}, expected {p.expected}" for p in error.problems]
    return []


def _write(path: Path, text: str) -> None:
    """All or nothing, and never over a file that somebody else made in between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        write_new(path, text)
    except FileExistsError:
        problem = Problem("--output", str(path), "already exists", "another file", code="MW2210")
        raise BadInputError([problem]) from None
