"""The command ``millwright``: joins the command groups and turns errors into exit codes."""

import errno
import importlib
import sys

import typer
import typer.exceptions

from millwright import __version__
from millwright.errors import BadInputError, ExitCode, MillwrightError

GROUPS = ("facility", "rack", "antenna", "results")
COMMANDS = ("apply", "run", "report", "demo")

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Describe, provision, commission, benchmark and report an AI-factory cluster from one file.\n\n"
    "Example: millwright facility check rack && millwright rack up && millwright apply rack",
    epilog="Exit codes: 0 all good, 1 a FAIL or regression, 2 bad input, 3 could not be tested or reached.",
)


def _show_version(value: bool) -> None:  # noqa: FBT001 - the signature of a typer callback
    if value:
        typer.echo(f"millwright {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_show_version, is_eager=True, help="Print the version."),  # noqa: FBT001, FBT003
) -> None:
    del version


for _group in GROUPS:
    app.add_typer(importlib.import_module(f"millwright.cli.{_group}").app, name=_group)
for _name in COMMANDS:
    app.command(_name)(importlib.import_module(f"millwright.cli.{_name}").command)


def run(arguments: list[str] | None = None) -> int:
    """Run one command line and return its exit code; every error is one clear message on stderr."""
    try:
        result = app(args=arguments, standalone_mode=False, prog_name="millwright")
    except BadInputError as error:
        sys.stderr.write(f"{error}\n{len(error.problems)} problem{'s' * (len(error.problems) != 1)}; nothing was changed\n")
        return error.exit_code
    except MillwrightError as error:
        sys.stderr.write(f"millwright: {error}\n")
        return error.exit_code
    except typer.exceptions.TyperException as error:
        sys.stderr.write(f"millwright: {error.format_message()}; see millwright --help\n")
        return ExitCode.BAD_INPUT
    except (typer.Abort, KeyboardInterrupt):
        sys.stderr.write("millwright: interrupted\n")
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return ExitCode.OK
    except OSError as error:
        hint = "; free some space and run it again" if error.errno == errno.ENOSPC else ""
        sys.stderr.write(f"millwright: {error}{hint}\n")
        return ExitCode.FAIL
    return result if isinstance(result, int) else ExitCode.OK


def main() -> None:
    """Entry point of the console script."""
    sys.exit(run())
