"""ReFrame's run report (JSON, ``data_version`` 4.x) to cases.

Written against the reports of ReFrame 4.10.4. A report that can't be trusted whole is refused whole:
one that is cut, of another version, of a dry run, or without a case.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from millwright.checks.naming import split_case
from millwright.core.errors import BadInputError, Problem
from millwright.core.json_text import load_json

UNDEFINED = "<undefined>"
"""What ReFrame writes for an attribute that a check never got."""

LATEST = 253402300800.0
"""Seconds since 1970 at which year 10000 starts: no clock shows that, and no date can be written."""

PASSED = "pass"
FAILED = "fail"


def _none_if_undefined(value: object) -> object:
    return None if value == UNDEFINED else value


def _empty_if_undefined(value: object) -> object:
    return () if value in (UNDEFINED, None) else value


def _no_nodes_if_undefined(value: object) -> object:
    return {} if value in (UNDEFINED, None) else value


Names = Annotated[tuple[str, ...], Field(strict=False), BeforeValidator(_empty_if_undefined)]


class _Record(BaseModel):
    """Keeps what Millwright needs; ReFrame adds every variable of a check to a case."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="ignore", allow_inf_nan=False, use_attribute_docstrings=True
    )


class Case(_Record):
    """One check on one partition, as ReFrame saw it end."""

    name: Annotated[str, Field(pattern=r"^\S")]
    """Class name, followed by parameters where there are any (``Gemm %precision=fp64``)."""
    unique_name: str
    system: str
    """Name of the facility."""
    partition: str
    environ: str
    result: str
    """`pass`, `fail`, `xfail`, `xpass`, `skip`, `abort` or `fail_deps`."""
    fail_phase: str | None
    fail_reason: str | None
    filename: str
    """The check's source file."""
    fixture: bool = False
    scheduler: str = ""
    run_index: int = 0
    """0 for the first run, above for retries and reruns of the session."""
    job_id: Annotated[str | None, Field(alias="jobid"), BeforeValidator(_none_if_undefined)] = None
    exit_code: Annotated[int | None, Field(alias="job_exitcode"), BeforeValidator(_none_if_undefined)] = None
    job_state: Annotated[str | None, BeforeValidator(_none_if_undefined)] = None
    """Scheduler's final state of the job, which every check logs."""
    nodes: Annotated[Names, Field(alias="job_nodelist")] = ()
    nodes_taken: Names = ()
    """Nodes that the check chose for the job, where it logged them."""
    submitted: Annotated[
        float | None, Field(alias="job_submit_time"), BeforeValidator(_none_if_undefined)
    ] = None
    """Seconds since 1970 UTC, like `completed`."""
    completed: Annotated[
        float | None, Field(alias="job_completion_time_unix"), BeforeValidator(_none_if_undefined)
    ] = None
    nodes_left_out: Annotated[dict[str, str], BeforeValidator(_no_nodes_if_undefined)] = {}
    """Nodes that took no job, and why, where the check logged them."""
    job_stdout: str | None = None
    job_stderr: str | None = None
    build_stdout: str | None = None
    build_stderr: str | None = None
    stage_folder: Annotated[str | None, Field(alias="stagedir")] = None
    output_folder: Annotated[str | None, Field(alias="outputdir")] = None
    keep_files: Names = ()
    """Further evidence that the check keeps beside the job's output."""
    perfvalues: Any = Field(default=None, repr=False)
    """What ReFrame took for the check's values: read for foreign checks only, which print no samples."""

    @property
    def check(self) -> str:
        """Public name of the result series: the check's class."""
        return split_case(self.name)[0]

    @property
    def parameters(self) -> str:
        """The variant of the check, in canonical form; empty if it has none."""
        return split_case(self.name)[1]

    @property
    def was_dry(self) -> bool:
        """Whether the case passed without a job or an output folder, as only a dry run does."""
        return self.result == PASSED and not self.job_id and not self.output_folder


class Session(_Record):
    """One start of ReFrame."""

    uuid: str
    data_version: str
    version: str = ""
    """ReFrame's own version."""
    hostname: str
    started: Annotated[float, Field(alias="time_start_unix", ge=0, lt=LATEST)]
    """Seconds since 1970 UTC."""
    finished: Annotated[float, Field(alias="time_end_unix", ge=0, lt=LATEST)]
    cmdline: str = ""
    stage_prefix: Annotated[str, Field(alias="prefix_stage")] = ""
    output_prefix: Annotated[str, Field(alias="prefix_output")] = ""
    num_cases: int | None = None
    """Cases of the first run, as ReFrame counted them."""

    def folder_of(self, case: Case) -> str | None:
        """Where a case's files are below the stage and output folders; None if it got no folder there.

        For example ``rack/cpu/builtin/MemoryBandwidth``, with ``_retry1`` for the second run of a session.
        """
        stage, prefix = PurePosixPath(case.stage_folder or ""), PurePosixPath(self.stage_prefix)
        if ".." in stage.parts or prefix not in stage.parents:
            return None
        return str(stage.relative_to(prefix))


class _Run(_Record):
    testcases: list[Case]


class Report(_Record):
    """A run report: its session and every case of its runs, in order."""

    session: Annotated[Session, Field(alias="session_info")]
    runs: Annotated[list[_Run], Field(repr=False)]
    """`restored_cases` of the report are left out: another session measured them."""

    @property
    def cases(self) -> tuple[Case, ...]:
        """Every case, retries and reruns after the first run."""
        return tuple(case for run in self.runs for case in run.testcases)


def parse_report(text: str, file: str) -> Report:
    """Read the text of a run report; `file` names it in messages.

    Raises :exc:`BadInputError` with every problem where the report can't be trusted whole.
    """
    try:
        data = load_json(text)
    except ValueError as error:
        raise BadInputError(
            [Problem(file, "-", f"not JSON: {error}", "a complete ReFrame run report", code="MW6051")]
        ) from error
    version = _find_version(data)
    if version is not None and version.split(".")[0] != "4":
        problem = Problem(
            file, "session_info.data_version", f"unknown version {version!r}", "4.x", code="MW6052"
        )
        raise BadInputError([problem])
    try:
        report = Report.model_validate(data)
    except ValidationError as error:
        raise BadInputError(_describe(file, error)) from error
    problems = tuple(_find_problems(report, file))
    if problems:
        raise BadInputError(problems)
    return report


def _find_version(data: object) -> str | None:
    session = data.get("session_info") if isinstance(data, dict) else None
    version = session.get("data_version") if isinstance(session, dict) else None
    return version if isinstance(version, str) else None


def _describe(file: str, error: ValidationError) -> Iterator[Problem]:
    for item in error.errors(include_url=False):
        yield Problem(
            file,
            ".".join(map(str, item["loc"])) or "-",
            item["msg"],
            "a ReFrame run report, version 4.x",
            code="MW6053",
        )


def _find_problems(report: Report, file: str) -> Iterator[Problem]:
    if not report.cases:
        yield Problem(
            file, "runs", "holds no case: no check was selected", "at least one case", code="MW6054"
        )
    elif report.session.num_cases not in (None, len(report.runs[0].testcases)):
        counts = f"says {report.session.num_cases} cases, {len(report.runs[0].testcases)} are there"
        yield Problem(file, "session_info.num_cases", counts, "every case of the session", code="MW6055")
    if "--dry-run" in report.session.cmdline.split() or any(case.was_dry for case in report.cases):
        yield Problem(
            file,
            "runs",
            "a dry run: nothing was measured",
            "the report of a real run (reframe -r)",
            code="MW6056",
        )
    seen: set[tuple[str, str, str, int]] = set()
    for case in report.cases:
        identity = (case.unique_name, case.partition, case.environ, case.run_index)
        if identity in seen:
            yield Problem(
                file,
                case.unique_name,
                f"occurs twice for {case.partition}+{case.environ}",
                "each case once",
                code="MW6057",
            )
        seen.add(identity)
