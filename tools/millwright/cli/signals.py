"""How a command ends when it is told to: SIGTERM and SIGHUP unwind it, as Ctrl-C does."""

import signal
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGHUP)
SIGNAL_EXIT = 128
"""What a shell adds to the number of the signal that ended a program."""


class EndedBySignalError(KeyboardInterrupt):
    """A signal that asks to end; everything that tidies up after Ctrl-C does so after this one too."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    @property
    def exit_code(self) -> int:
        """As a shell reports it: 143 for SIGTERM."""
        return SIGNAL_EXIT + self.number

    def __str__(self) -> str:
        return f"ended by {signal.Signals(self.number).name}"


class EndedError(Exception):
    """Carries an ending, its cause, past Typer, which would turn it into 130 and say nothing."""


def explain_ending(error: BaseException) -> tuple[int, str]:
    """Exit code and message of a command that was told to end."""
    found = error.__cause__ if isinstance(error, EndedError) else error
    if isinstance(found, EndedBySignalError):
        return found.exit_code, f"millwright: {found}"
    return SIGNAL_EXIT + signal.SIGINT, "millwright: interrupted"


def unwind_on_signals() -> None:
    """Let the first signal that asks to end raise :exc:`EndedBySignalError`; more of them change nothing.

    What is ignored stays ignored: ``nohup`` means that.
    """
    for number in SIGNALS:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _unwind)


def interruption() -> KeyboardInterrupt:
    """The ending that was asked for, to raise after what it interrupted was stored."""
    return EndedBySignalError(_received[0]) if _received else KeyboardInterrupt()


_received: list[int] = []
"""The signal that asked this process to end, if one did."""


def _unwind(number: int, _frame: FrameType | None) -> None:
    _received.append(number)
    for each in SIGNALS:
        if signal.getsignal(each) is _unwind:
            signal.signal(each, _is_ending)
    raise EndedBySignalError(number)


def _is_ending(_number: int, _frame: FrameType | None) -> None:
    """The command unwinds already."""
