"""``millwright antenna list``."""

from rich.table import Table
from rich.text import Text

from millwright.app.antenna import listing
from millwright.app.antenna.listing import AntennaList
from millwright.cli.options import AsJson, FacilityName
from millwright.cli.output import console, print_json, print_lines


def list_antennas(facility: FacilityName, as_json: AsJson = False) -> None:
    """List the antennas of a facility.

    Example: millwright antenna list rack --json
    """
    outcome = listing.list_antennas(facility)
    if as_json:
        print_json(outcome)
        return
    console().print(table_of(outcome))
    needs = {name: row.needs_bundle for name, row in outcome.antennas.items() if row.needs_bundle}
    print_lines(f"{name}: NEEDS A BUNDLE: {why}" for name, why in needs.items())


def table_of(outcome: AntennaList) -> Table:
    """A row for each antenna."""
    table = Table("Antenna", "Gateway", "Tunnel", "Users", "Certificate (min)", "Title", box=None)
    for name, row in outcome.antennas.items():
        tunnel = f"{row.tunnel.gateway_address} - {row.tunnel.factory_address}"
        users = ", ".join(user.name for user in row.users)
        cells = (name, row.gateway, tunnel, users, str(row.certificate_minutes), row.title)
        table.add_row(*(Text(cell) for cell in cells))
    return table
