"""The proofs of one antenna: its users reach the factory and run jobs, and nobody else gets in."""

import datetime
import secrets
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from queue import Queue

from millwright.antennas.bundle.imported import takes_bundles
from millwright.antennas.proof.clocks import prove_clocks
from millwright.antennas.proof.proofs import Answer, Attempt, Judgement, Proof, judge_entry
from millwright.antennas.proof.prove import (
    ProofInputs,
    prove_bare_key,
    prove_expiry,
    prove_foreign_project,
    prove_gateway,
    prove_imported_result,
    prove_job,
    prove_login,
    prove_no_other_way,
    prove_no_shell,
    prove_tunnel,
    prove_tunnel_at_factory,
)
from millwright.antennas.proof.visitor import Visitor
from millwright.antennas.ssh.side_by_side import MOST_AT_ONCE
from millwright.antennas.user.files import UserAccess, ensure_user_access
from millwright.core.errors import BadInputError, FailedError, NotTestableError, Problem
from millwright.core.suggestions import did_you_mean
from millwright.core.verdict import Verdict
from millwright.facility.model import Facility

LOGIN = "login with certificate"


def choose_partition(facility: Facility) -> str:
    """Choose where a proof's job goes: the default partition, else the first that Slurm schedules.

    Raises :exc:`NotTestableError` if there is none.
    """
    scheduled = {name: each for name, each in facility.partitions.items() if each.scheduler == "slurm"}
    default = next((name for name, each in scheduled.items() if each.is_default), None)
    chosen = default or next(iter(scheduled), None)
    if chosen is None:
        raise NotTestableError(
            f"{facility.name} has no partition under Slurm, so no job can be run", code="MW1305"
        )
    return chosen


def plan_check(
    facility: Facility,
    *,
    state: Path,
    now: datetime.datetime,
    access_mode: str | None = None,
    nonce: Callable[[], str] = lambda: secrets.token_hex(16),
) -> ProofInputs:
    """Choose what the proofs need from outside; each account's own access mode where none is inputs.

    Raises :exc:`BadInputError` for an access mode that the facility does not have.
    """
    if access_mode is not None and access_mode not in facility.access_modes:
        expected = (
            f"one of {', '.join(facility.access_modes)}{did_you_mean(access_mode, facility.access_modes)}"
        )
        text = f"unknown access mode {access_mode!r}"
        raise BadInputError([Problem(facility.name, "access_modes", text, expected, code="MW1606")])
    return ProofInputs(state, now, nonce, access_mode, choose_partition(facility))


def check_antenna(
    facility: Facility, antenna: str, inputs: ProofInputs, status: Callable[[str], None] = lambda _: None
) -> Iterator[Proof]:
    """Make every proof of one antenna, one after the other; ``status`` receives the next one's name.

    Raises :exc:`NotTestableError` if nothing can be asked at all: no SSH configuration, no pinned
    host key.
    """
    for name, prove in _proofs_of_antenna(facility, antenna, inputs).items():
        yield _proof(antenna, None, name, prove)
    for user in facility.antennas[antenna].users:
        access = ensure_user_access(facility, antenna, user.name, state=inputs.state, now=inputs.now)
        status(f"{antenna}/{user.name}: logging in at the gateway")
        with Visitor(access).at_gateway(access.certificate) as (_, at_gateway):
            pass
        for name, prove in _proofs_of_user(facility, access, inputs, user.account).items():
            status(f"{antenna}/{user.name}: {name}")
            if at_gateway.answer is not Answer.ENTERED:
                prove = partial(_without_entry, name, at_gateway)  # noqa: PLW2901 - instead of this proof
            yield _proof(antenna, user.name, name, prove)


def check_antennas(
    facility: Facility, antennas: Sequence[str], given: ProofInputs, report: Callable[[str], None]
) -> Iterator[Proof]:
    """Make the proofs of several antennas at the same time, since they time nothing; each as it is made.

    Raises what :func:`check_antenna` raises, after the other antennas' proofs.
    """
    made: Queue[Proof | None] = Queue()

    def prove(antenna: str) -> None:
        try:
            for proof in check_antenna(facility, antenna, given, report):
                made.put(proof)
        finally:
            made.put(None)

    with ThreadPoolExecutor(max_workers=min(len(antennas), MOST_AT_ONCE)) as pool:
        jobs = [pool.submit(prove, antenna) for antenna in antennas]
        under_way = len(jobs)
        while under_way:
            proof = made.get()
            if proof is None:
                under_way -= 1
            else:
                yield proof
    for job in jobs:
        job.result()


def _proofs_of_antenna(
    facility: Facility, antenna: str, inputs: ProofInputs
) -> dict[str, Callable[[], Judgement]]:
    """Asked at the gateway; of one that takes bundles, at the factory and in its own signed word."""
    if takes_bundles(facility, antenna):
        return {
            "tunnel is up": partial(prove_tunnel_at_factory, facility, antenna, inputs),
            "gateway's signed result": partial(prove_imported_result, facility, antenna, inputs),
        }
    return {
        "tunnel is up": partial(prove_tunnel, facility, antenna, inputs),
        "gateway keeps to its rules": partial(prove_gateway, facility, antenna),
        "clocks agree": partial(prove_clocks, facility, antenna),
    }


def _without_entry(name: str, at_gateway: Attempt) -> Judgement:
    """Where the gateway lets nobody in, only the login itself is judged; asking on would prove nothing."""
    if name == LOGIN:
        return judge_entry(at_gateway, "the gateway")
    return Verdict.NOT_MEASURED, f"the gateway did not let the valid certificate in: {at_gateway.reason}"


def _proof(antenna: str, user: str | None, name: str, prove: Callable[[], Judgement]) -> Proof:
    try:
        outcome, detail = prove()
    except (NotTestableError, FailedError) as error:
        outcome, detail = Verdict.NOT_MEASURED, str(error)
    return Proof(antenna, user, name, outcome, detail)


def _proofs_of_user(
    facility: Facility, access: UserAccess, inputs: ProofInputs, account: str
) -> dict[str, Callable[[], Judgement]]:
    visitor, services = Visitor(access), facility.services
    if services is None:
        raise NotTestableError(f"{facility.name} has no login node", code="MW1306")
    return {
        LOGIN: partial(prove_login, visitor, services.login),
        "job runs": partial(prove_job, facility, visitor, inputs, account),
        "expired certificate refused": partial(prove_expiry, facility, visitor, inputs),
        "another project's certificate refused": partial(prove_foreign_project, facility, visitor, inputs),
        "key without certificate refused": partial(prove_bare_key, visitor),
        "no shell on the gateway": partial(prove_no_shell, visitor, inputs.nonce()),
        "no other way through": partial(prove_no_other_way, facility, visitor, services),
    }
