"""``millwright drift``: how hosts differ from their declared state, and what cannot be compared."""

from rich.text import Text

from millwright.app.change.drift import Drift, look_for_drift
from millwright.cli.change.findings import print_findings
from millwright.cli.options import AsJson, FacilityName, Limit
from millwright.cli.output import console, context, print_json
from millwright.core.node_sets import fold


def command(facility: FacilityName, *, limit: Limit = "", as_json: AsJson = False) -> int:
    """Show what differs from the declared state on the hosts, and what cannot be compared. Changes nothing.

    One round trip a host, without Ansible. Ends with 1 if something differs, with 3 if hosts could not be
    compared or never converged.

    Example: millwright drift rack --limit rack-c[1-2]
    """
    with context() as here:
        drift = look_for_drift(here, facility, limit=limit)
    if as_json:
        print_json(drift)
    else:
        print_drift(drift)
    return drift.exit_code


def print_drift(drift: Drift) -> None:
    """Print everything that was found, then how much was compared."""
    out = console()
    if not drift.hosts:
        none = "the facility has no host that Ansible provisions, so nothing can differ."
        out.print(Text(f"{drift.facility}: {none}"))
        return
    print_findings(out, "differs", drift.differences)
    print_findings(out, "could not be looked at", [*drift.untested, *drift.unreachable])
    if drift.never_converged:
        out.print(Text(f"never converged: {fold(drift.never_converged)}", style="magenta"))
    print_findings(out, "left behind", drift.left)
    print_findings(out, "out of date", drift.outdated)
    print_findings(out, "not declared", drift.undeclared)
    print_findings(out, "unseen", drift.unseen)
    print_findings(out, "seen through its proof", drift.proved)
    looked = f"{drift.things} things on {drift.looked_at} of {drift.hosts} hosts looked at"
    out.print(Text(f"{drift.facility}: {looked}, {drift.differing} differ; {drift.seconds:.1f} s."))
    if drift.accounts_hint:
        out.print(Text(f"An apply leaves these as they are; {drift.accounts_hint} says more."))
    if drift.manages is not None:
        roles = ", ".join(drift.manages) or "none (manages: [])"
        out.print(Text(f"Only what these roles declare was compared: {roles}."))
