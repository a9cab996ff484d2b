"""``millwright antenna apply``."""

from collections.abc import Iterator

from millwright.app.antenna import apply as application
from millwright.app.antenna.apply import AntennaApply
from millwright.cli.options import AntennaName, AsJson, FacilityName
from millwright.cli.output import context, print_json, print_lines, warn


def apply(facility: FacilityName, antenna: AntennaName = None, as_json: AsJson = False) -> int:
    """Bring gateways and the factory's side of the tunnel to their described state.

    A gateway that is down delays no other; the exit code is 3 then. One that takes bundles
    (`reached_by: bundle`) is not tried: exit code 3 means that it needs a new one.

    Example: millwright antenna apply rack --antenna coast
    """
    with context() as here:
        outcome = application.apply(here, facility, antenna)
    if as_json:
        print_json(outcome)
        return outcome.exit_code
    print_lines(lines_of(outcome))
    for name, reason in outcome.unreached.items():
        warn(f"{name}: NOT REACHED: {reason}")
    for name, reason in outcome.needs_bundle.items():
        warn(f"{name}: NEEDS A BUNDLE: {reason}")
    return outcome.exit_code


def lines_of(outcome: AntennaApply) -> Iterator[str]:
    """What changed, and the state of those that were reached."""
    for change in outcome.changed:
        yield f"changed  {change}"
    parts = [f"{', '.join(outcome.up)}: tunnel up"] if outcome.up else []
    if outcome.as_imported:
        parts.append(f"{', '.join(outcome.as_imported)}: up to date by the last imported result")
    counts = f"changed: {len(outcome.changed)} on gateways, {outcome.factory_changes} at the factory"
    yield "; ".join([*parts, counts])
