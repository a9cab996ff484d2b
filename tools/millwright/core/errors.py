"""Exit codes and the errors that carry them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum


class ExitCode(IntEnum):
    """What every command's exit status means."""

    OK = 0
    FAIL = 1
    BAD_INPUT = 2
    NOT_TESTED = 3


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong with an input, and what would be right."""

    file: str
    key: str
    problem: str
    expected: str = ""
    code: str = field(kw_only=True)
    """Stable code of this kind of problem, declared in ``error_codes.toml``."""

    def __str__(self) -> str:
        tail = f", expected {self.expected}" if self.expected else ""
        return with_code(f"{self.file}: {self.key}: {self.problem}{tail}", self.code)


def with_code(message: str, code: str) -> str:
    """A message as it is printed, with its code at the end."""
    return f"{message} [{code}]" if code else message


class MillwrightError(Exception):
    """Base of every error that a user meets; the message says what to do."""

    exit_code: ExitCode = ExitCode.FAIL

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code
        """Stable code, declared in ``error_codes.toml``; empty only if the parts carry their own."""

    def for_user(self) -> str:
        """The message with its code."""
        return with_code(str(self), self.code)


class BadInputError(MillwrightError, ValueError):
    """Input that was refused; carries every problem found, and nothing was changed."""

    exit_code = ExitCode.BAD_INPUT

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems), code="")


class NotTrustedError(BadInputError):
    """Stored evidence that may not be relied on; carries every reason."""

    exit_code = ExitCode.FAIL


class NotTestableError(MillwrightError, RuntimeError):
    """Something could not be tested or reached; nothing failed."""

    exit_code = ExitCode.NOT_TESTED


class FailedError(MillwrightError, RuntimeError):
    """An action was tried and failed."""

    exit_code = ExitCode.FAIL
