"""``millwright antenna``: the group's commands and their help."""

from millwright.cli.main import run

COMMANDS = (
    "list",
    "pin",
    "plan",
    "apply",
    "check",
    "config",
    "certify",
    "bundle",
    "import",
    "revoke",
    "rotate-ca",
    "log",
    "schedule",
)


def test_the_help_lists_every_command(capsys):
    assert run(["antenna", "--help"]) == 0
    printed = capsys.readouterr().out.splitlines()
    listed = [line.split()[0] for line in printed if line.startswith("  ") and line.split()]
    assert [name for name in listed if name in COMMANDS] == list(COMMANDS)
