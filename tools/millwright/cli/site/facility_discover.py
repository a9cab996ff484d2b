"""``millwright facility discover``: describe a cluster that exists."""

import json
import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from millwright.core.errors import BadInputError, ExitCode, Problem
from millwright.core.files import write_new
from millwright.discovery.ask import ask_host, read_captured, read_inventory
from millwright.discovery.cluster import read_cluster
from millwright.discovery.describe import Wishes, describe
from millwright.discovery.sources import capture_commands
from millwright.discovery.writing import write_facility
from millwright.facility import load_facility

TO_FILL = "fill these in first:"


def command(  # noqa: PLR0913 - each option is an argument
    host: Annotated[str, typer.Option("--from", help="Login host to ask over SSH.")] = "",
    captured: Annotated[str, typer.Option(help="Folder of captured answers instead of a host.")] = "",
    *,
    print_commands: Annotated[
        bool, typer.Option("--print-commands", help="Print what to run on a login host, and end.")
    ] = False,
    inventory: Annotated[str, typer.Option(help="Inventory of Ansible that knows addresses.")] = "",
    login: Annotated[str, typer.Option(help="The login node; else the host that was asked.")] = "",
    harness: Annotated[str, typer.Option(help="The host that is to run the checks.")] = "",
    ssh_user: Annotated[str, typer.Option(help="User by whom the hosts are entered.")] = "",
    ssh_config: Annotated[str, typer.Option(help="OpenSSH configuration with keys and host keys.")] = "",
    output: Annotated[str, typer.Option(help="File to write; it must not exist. Else it is printed.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of YAML.")] = False,
) -> None:
    """Write a facility file from what a cluster says of itself; nothing is changed or guessed.

    What could not be known is marked with "# unknown:". Exit code 3: keys must be filled in first.

    Example: millwright facility discover --from login1 --harness login1 --output site/facility.yaml
    """
    if print_commands:
        typer.echo("\n".join(capture_commands()))
        return
    _refuse(host, captured, output)
    keys = ("-F", str(Path(ssh_config).expanduser())) if ssh_config else ()
    user = ("-l", ssh_user) if ssh_user else ()
    texts = read_captured(Path(captured)) if captured else ask_host((*keys, *user, host), _step)
    cluster = read_cluster(texts, read_inventory(Path(inventory), os.environ) if inventory else "")
    description = describe(cluster, Wishes(login or cluster.asked_host, harness, ssh_user, ssh_config))
    text = write_facility(description)
    missing = _missing(text)
    if output:
        _write(Path(output), text)
    if as_json:
        told = {"facility": description.data, "unknown": description.unknown, "fill_in": missing}
        typer.echo(json.dumps(told, indent=2))
    elif not output:
        typer.echo(text, nl=False)
    if missing:
        typer.echo("\n  ".join([TO_FILL, *missing]), err=True)
        raise typer.Exit(ExitCode.NOT_TESTED)


def _step(text: str) -> None:
    typer.echo(f"asking: {text}", err=True)


def _refuse(host: str, captured: str, output: str) -> None:
    problems = []
    if bool(host) == bool(captured):
        expected = "--from HOST or --captured FOLDER"
        problems.append(Problem("--from", host or "-", "one source is needed", expected))
    if host.startswith("-"):
        problems.append(Problem("--from", host, "not a host", "the name of a login host"))
    if output and Path(output).exists():
        problems.append(Problem("--output", output, "is there already", "a file that does not exist yet"))
    if problems:
        raise BadInputError(problems)


def _missing(text: str) -> list[str]:
    """What the file still lacks, as ``millwright facility check`` would say."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "facility.yaml"
        file.write_text(text, encoding="utf-8")
        try:
            load_facility(file)
        except BadInputError as error:
            return [f"{p.key}: {p.problem}, expected {p.expected}" for p in error.problems]
    return []


def _write(path: Path, text: str) -> None:
    """All or nothing, and never over a file that somebody else made in between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        write_new(path, text)
    except FileExistsError:
        problem = Problem("--output", str(path), "is there already", "another file")
        raise BadInputError([problem]) from None
