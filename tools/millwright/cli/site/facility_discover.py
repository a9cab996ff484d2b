"""``millwright facility discover``: describe a cluster that exists."""

from typing import Annotated

import typer

from millwright.app.site.facility_discover import DiscoverRequest, capture_commands, discover_facility
from millwright.cli.options import AsJson
from millwright.cli.output import context, print_json, print_lines, warn

TO_FILL = "fill these in first:"


def command(  # noqa: PLR0913 - each option is an argument
    host: Annotated[str, typer.Option("--from", help="Login host to ask over SSH.")] = "",
    captured: Annotated[str, typer.Option(help="Folder of captured answers instead of a host.")] = "",
    *,
    print_commands: Annotated[
        bool, typer.Option("--print-commands", help="Print what to run on a login host, and end.")
    ] = False,
    inventory: Annotated[str, typer.Option(help="Ansible inventory that knows addresses.")] = "",
    login: Annotated[str, typer.Option(help="The login node; else the host that was asked.")] = "",
    harness: Annotated[str, typer.Option(help="The host that is to run the checks.")] = "",
    ssh_user: Annotated[str, typer.Option(help="User that logs in to the hosts.")] = "",
    ssh_config: Annotated[str, typer.Option(help="OpenSSH configuration with keys and host keys.")] = "",
    output: Annotated[str, typer.Option(help="File to write; it must not exist. Else it is printed.")] = "",
    as_json: AsJson = False,
) -> None:
    """Write a facility file from a cluster's own answers; nothing is changed or guessed.

    What could not be known is marked with "# unknown:". Exit code 3: keys must be filled in first.

    Example: millwright facility discover --from login1 --harness login1 --output site/facility.yaml
    """
    if print_commands:
        print_lines(capture_commands())
        return
    request = DiscoverRequest(host, captured, inventory, login, harness, ssh_user, ssh_config, output)
    with context() as here:
        found, text = discover_facility(here, request)
    if as_json:
        print_json(found)
    elif not output:
        typer.echo(text, nl=False)
    if found.fill_in:
        warn("\n  ".join([TO_FILL, *found.fill_in]))
    raise typer.Exit(found.exit_code)
