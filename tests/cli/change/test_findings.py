"""How findings on hosts are printed."""

from rich.console import Console

from millwright.app.change.findings import Finding
from millwright.cli.change.findings import print_findings


def test_hosts_share_a_line_and_brackets_are_no_markup(capsys):
    lines = [
        Finding(hosts=(), nodes="n[1-9]", role="base", what="/etc/a", detail="[bold]x[/bold]"),
        Finding(hosts=(), nodes="n1", role="", what="the host", detail=""),
    ]
    print_findings(Console(width=200), "differs", lines)
    assert capsys.readouterr().out.splitlines() == [
        "differs: n[1-9]: base: /etc/a: [bold]x[/bold]",
        "differs: n1: the host",
    ]
