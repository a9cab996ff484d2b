"""The command ``millwright``: joins the command groups and turns errors into exit codes."""

import errno
import importlib
import re
import sys
from typing import Any

import typer
import typer.exceptions
import typer.main
from typer.core import TyperGroup

from millwright import __version__
from millwright.cli.signals import EndedError, explain_ending, unwind_on_signals
from millwright.core.errors import BadInputError, ExitCode, MillwrightError
from millwright.core.suggestions import did_you_mean

GROUPS = {
    "facility": "site.facility",
    "rack": "site.rack",
    "antenna": "antenna.group",
    "accounts": "change.accounts",
    "nodes": "change.nodes",
    "munge": "change.munge",
    "image": "site.image",
    "foreign": "measure.foreign",
    "results": "measure.results",
    "regress": "measure.regress",
    "simulate": "simulate.group",
    "tender": "tender.group",
}
"""Command groups by name, with the module below ``millwright.cli`` that holds each."""

COMMANDS = {
    "init": "site.init",
    "plan": "change.plan",
    "apply": "change.apply",
    "drift": "change.drift",
    "maintain": "change.maintain",
    "run": "measure.run",
    "report": "measure.report",
    "demo": "site.demo",
    "doctor": "site.doctor",
    "schema": "site.schema",
    "explain": "site.explain",
    "figures": "site.figures",
}
"""Single commands by name, likewise."""


NO_COMMAND = re.compile(r"No such command '(.*?)'")


class _OnDemand(TyperGroup):
    """Loads a command when it is named: looking at a rack should not wait for SciPy."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - Typer keeps the type private
        return [*GROUPS, *COMMANDS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002 - as above
        if cmd_name not in GROUPS | COMMANDS:
            return None
        return _load(cmd_name)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - as above
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as end:
            raise EndedError from end


def _load(name: str) -> Any:  # noqa: ANN401 - as above
    module = importlib.import_module(f"millwright.cli.{(GROUPS | COMMANDS)[name]}")
    if name in GROUPS:
        group = typer.main.get_command(module.app)
        group.name = name
        return group
    single = typer.Typer(add_completion=False, rich_markup_mode=None)
    single.command(name)(module.command)
    return typer.main.get_command(single)


app = typer.Typer(
    cls=_OnDemand,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Describe, provision, commission, benchmark and report an AI-factory cluster from one file.\n\n"
    "Example: millwright facility check rack && millwright rack up && millwright apply rack",
    epilog="Exit codes: 0 all good, 1 a FAIL or regression, 2 bad input, 3 could not be tested or reached, "
    "130 interrupted with Ctrl-C, 128 + N ended by signal N (143 for SIGTERM).",
)


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"millwright {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Print the version."
    ),
) -> None:
    del version


def run(arguments: list[str] | None = None) -> int:
    """Run one command line and return its exit code; every error is one clear message on stderr."""
    try:
        result = app(args=arguments, standalone_mode=False, prog_name="millwright")
    except BrokenPipeError:
        sys.stderr.close()
        return ExitCode.OK
    except (
        MillwrightError,
        typer.exceptions.TyperException,
        typer.Abort,
        EndedError,
        KeyboardInterrupt,
        OSError,
    ) as error:
        code, message = explain(error)
        sys.stderr.write(f"{message}\n")
        return code
    return result if isinstance(result, int) else ExitCode.OK


def explain(error: BaseException) -> tuple[int, str]:
    """Exit code and message of an error; what is not foreseen here is a defect and keeps its traceback."""
    match error:
        case BadInputError():
            count = len(error.problems)
            ending = f"{count} problem{'s' * (count != 1)}; nothing was changed"
            return error.exit_code, f"{error}\n{ending}"
        case MillwrightError():
            return error.exit_code, f"millwright: {error.for_user()}"
        case typer.exceptions.TyperException():
            return ExitCode.BAD_INPUT, explain_usage(error)
        case OSError():
            hint = "; free some space and run it again" if error.errno == errno.ENOSPC else ""
            return ExitCode.FAIL, f"millwright: {error}{hint}"
        case _:
            return explain_ending(error)


def explain_usage(error: typer.exceptions.TyperException) -> str:
    """The message of a wrong command line: the nearest right word, and the help of that very command."""
    text = error.format_message()
    if text.startswith("Usage:"):  # no command was given: the text is the help
        return text
    context = getattr(error, "ctx", None)
    unknown = NO_COMMAND.match(text)
    if context is not None and unknown:
        known = context.command.list_commands(context)
        text = f"no such command {unknown[1]!r}{did_you_mean(unknown[1], known)}"
    text = text.rstrip(".")
    command = context.command_path if context is not None else "millwright"
    joint = " See" if text.endswith("?") else "; see"
    return f"millwright: {text}{joint} {command} --help"


def main() -> None:
    """Entry point of the console script."""
    unwind_on_signals()
    sys.exit(run())
