"""How a check and its variants are named: in ReFrame's reports, in facility files and in results."""

import re
from collections.abc import Mapping

SUITE_NAME = r"[a-z][a-z0-9]{0,30}"
"""Of a suite of checks that others wrote."""
CHECK_NAME = rf"(?:{SUITE_NAME}\.)?[A-Za-z_][A-Za-z0-9_]{{0,99}}"
"""A class of ReFrame; one of somebody else's suite follows the suite's name (``eessi.EESSI_OSU``)."""
PARAMETER_NAME = r"[A-Za-z_][A-Za-z0-9_.]{0,63}"
VALUE = r"[^\s%,][^\s%,\x00-\x1f\x7f]{0,199}"
"""A parameter's value as ReFrame prints it, and as a facility file can name it."""
KEY = rf"{CHECK_NAME}(?: ?%{PARAMETER_NAME}={VALUE})*"
"""A check or one of its variants under ``checks:`` of a facility file: ``Check %size=L2``."""


def split_case(case: str) -> tuple[str, str]:
    """The check and the canonical parameters of a case, from ReFrame's name of it.

    A fixture's target (``~rack:cpu+gnu``) and hidden parameters, such as ReFrame's number of a repeat,
    are no part of a series' name.

    >>> split_case("MemoryBandwidth %size=L2 %precision=fp64")
    ('MemoryBandwidth', 'precision=fp64,size=L2')
    >>> split_case("Gemm %.repeat_no=1")
    ('Gemm', '')
    """
    check, *given = case.partition(" ~")[0].split(" %")
    pairs = dict(map(_pair, given))
    return check.strip(), join_parameters(
        {name: value for name, value in pairs.items() if not name.startswith((".", "$"))}
    )


def suite_of(check: str) -> str:
    """The suite that a check belongs to; empty for one of Millwright's or the site's own.

    >>> suite_of("eessi.EESSI_OSU"), suite_of("Gemm")
    ('eessi', '')
    """
    suite, dot, _ = check.partition(".")
    return suite if dot else ""


def split_key(key: str) -> tuple[str, str]:
    """The check and the canonical parameters of a key that matches :data:`KEY`.

    >>> split_key("MemoryBandwidth%size=L2")
    ('MemoryBandwidth', 'size=L2')
    """
    return split_case(re.sub(r" ?%", " %", key))


def join_parameters(values: Mapping[str, str]) -> str:
    """Parameters in canonical form: sorted by name, with ``%2C`` for a comma within a value.

    >>> join_parameters({"size": "L2", "precision": "fp64"})
    'precision=fp64,size=L2'
    """
    return ",".join(f"{name}={_escape(value)}" for name, value in sorted(values.items()))


def split_parameters(parameters: str) -> dict[str, str]:
    """Parameters by name from their canonical form; the reverse of :func:`join_parameters`."""
    pairs = (_pair(text) for text in parameters.split(",") if text)
    return {name: value.replace("%2C", ",").replace("%25", "%") for name, value in pairs}


def name_variant(check: str, parameters: str) -> str:
    """A variant as ReFrame and a facility file name it.

    >>> name_variant("MemoryBandwidth", "size=L2")
    'MemoryBandwidth %size=L2'
    """
    return " ".join([check, *(f"%{name}={value}" for name, value in split_parameters(parameters).items())])


def variant_pattern(check: str, parameters: str) -> str:
    """Regular expression for ReFrame's ``--name`` that selects one variant, in whatever order it names it.

    ReFrame matches names without their spaces, and takes a pattern with ``@`` for something else.

    >>> variant_pattern("Gemm", "")
    '^Gemm(%[.]|$)'
    """
    if not parameters:
        return f"^{re.escape(check)}(%[.]|$)"
    wanted = (f"%{name}={value}".replace(" ", "") for name, value in split_parameters(parameters).items())
    each = "".join(f"(?=.*{re.escape(pair).replace('@', '.')}(%|$))" for pair in wanted)
    return f"^{re.escape(check)}(?=%){each}"


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.strip().partition("=")
    return name, value


def _escape(value: str) -> str:
    return value.replace("%", "%25").replace(",", "%2C")
