"""Each proof: log in, ask, and judge the answers."""

import datetime
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from paramiko.ssh_exception import ChannelException, SSHException

from millwright.antennas.bundle.imported import last_imported, why_a_bundle_is_needed
from millwright.antennas.gateway.sshd import expected_for_jump
from millwright.antennas.gateway.wireguard import FACTORY_INTERFACE, INTERFACE, read_public_key
from millwright.antennas.proof.connections import (
    LIMIT_S,
    PROHIBITED,
    PinnedConnection,
    connect_as_admin,
    open_way,
)
from millwright.antennas.proof.gateway_state import LOOK, judge_gateway
from millwright.antennas.proof.job import JobRequest, run_job
from millwright.antennas.proof.proofs import (
    Answer,
    Attempt,
    Judgement,
    join_judgements,
    judge_entry,
    judge_expiry,
    judge_handshake,
    judge_refusal,
)
from millwright.antennas.proof.visitor import Visitor, expired_certificate, foreign_certificate, run_on
from millwright.antennas.ssh.host_keys import resolve_target
from millwright.antennas.trust.certificates import ensure_user_ca
from millwright.core.places import product_root
from millwright.core.verdict import Verdict
from millwright.facility.model import Facility
from millwright.facility.topics.queues import queue_of
from millwright.facility.topics.services import Services

LoginAttempt = AbstractContextManager[tuple[PinnedConnection, Attempt]]


@dataclass(frozen=True, slots=True)
class ProofInputs:
    """Keys, clock and random source of the proofs."""

    state: Path
    now: datetime.datetime
    nonce: Callable[[], str]
    access_mode: str | None
    """Access mode of the jobs; the account's own where None."""
    partition: str
    job_limit_s: float = 120
    root: Path = field(default_factory=product_root)
    """The checkout from which a bundle would be made now."""


def prove_tunnel(facility: Facility, antenna: str, inputs: ProofInputs) -> Judgement:
    """The gateway has spoken with the factory lately."""
    factory_key = read_public_key(inputs.state / "wireguard" / "factory.pub")
    with connect_as_admin(resolve_target(facility, facility.antennas[antenna].gateway)) as gateway:
        shown = run_on(gateway)(f"date +'now %s' && wg show {INTERFACE} latest-handshakes")
    return judge_handshake(shown.stdout, factory_key)


def prove_tunnel_at_factory(facility: Facility, antenna: str, inputs: ProofInputs) -> Judgement:
    """The same, asked at the login node: for a gateway that nobody enters."""
    key = read_public_key(inputs.state / "wireguard" / f"{antenna}.pub")
    if facility.services is None:
        return Verdict.NOT_MEASURED, "the facility has no login node"
    with connect_as_admin(resolve_target(facility, facility.services.login)) as login:
        shown = run_on(login)(f"date +'now %s' && wg show {FACTORY_INTERFACE} latest-handshakes")
    return judge_handshake(shown.stdout, key, where="the factory", peer="this gateway")


def prove_imported_result(facility: Facility, antenna: str, inputs: ProofInputs) -> Judgement:
    """A gateway that takes bundles has applied what is described now, by its own signed result."""
    why = why_a_bundle_is_needed(facility, antenna, state=inputs.state, root=inputs.root)
    if why is not None:
        return Verdict.NOT_MEASURED, why
    last = last_imported(inputs.state, antenna)
    return Verdict.PASS, f"bundle {last.serial} was applied at {last.finished}" if last else "no result"


def prove_gateway(facility: Facility, antenna: str) -> Judgement:
    """The gateway keeps to its rules: sshd, packet filter, security updates, and no change that waits."""
    expected = expected_for_jump(facility.antennas[antenna].tunnel.factory_address)
    with connect_as_admin(resolve_target(facility, facility.antennas[antenna].gateway)) as gateway:
        return judge_gateway(run_on(gateway)(LOOK).stdout, expected)


def prove_foreign_project(facility: Facility, visitor: Visitor, inputs: ProofInputs) -> Judgement:
    """Gateway and login node refuse a certificate of the right CA for another project and account."""
    environment = facility.antennas[visitor.access.antenna].environment
    judged = []
    with foreign_certificate(
        facility, visitor.access, ca=ensure_user_ca(inputs.state, environment), now=inputs.now
    ) as foreign:
        for log_in, where in ((visitor.at_gateway, "the gateway"), (visitor.at_factory, "the factory")):
            judged.append(
                judge_refusal(_attempt(log_in, foreign), where, "a certificate for another project")
            )
    return join_judgements(judged)


def prove_login(visitor: Visitor, login: str) -> Judgement:
    """A valid certificate leads through the gateway to the user's own account at the login node."""
    with visitor.at_factory(visitor.access.certificate) as (factory, attempt):
        outcome, detail = judge_entry(attempt, "the factory")
        if outcome is not Verdict.PASS:
            return outcome, detail
        words = run_on(factory)("id -un; uname -n").stdout.split()
    expected = [visitor.access.user, login]
    if [words[:1], [word.split(".")[0] for word in words[1:2]]] != [expected[:1], expected[1:]]:
        return Verdict.FAIL, f"entered as {' on '.join(words) or 'nobody'}, expected {' on '.join(expected)}"
    return outcome, f"{detail} as {' on '.join(expected)}"


def prove_job(facility: Facility, visitor: Visitor, inputs: ProofInputs, account: str) -> Judgement:
    """The user's job is taken, runs, and its output comes back."""
    nodes = facility.partitions[inputs.partition].node_names()
    user, nonce = visitor.access.user, inputs.nonce()
    mode = inputs.access_mode or facility.access_mode_of(account)
    request = JobRequest(account, mode, queue_of(facility, inputs.partition), nodes, user, nonce)
    with visitor.at_factory(visitor.access.certificate) as (factory, attempt):
        if attempt.answer is not Answer.ENTERED:
            return Verdict.NOT_MEASURED, f"the factory was not entered: {attempt.reason}"
        return run_job(
            request, run_on(factory), limit_s=inputs.job_limit_s, clock=time.monotonic, sleep=time.sleep
        )


def prove_expiry(facility: Facility, visitor: Visitor, inputs: ProofInputs) -> Judgement:
    """Gateway and login node refuse an expired certificate, for its date alone."""
    environment = facility.antennas[visitor.access.antenna].environment
    ca, valid = ensure_user_ca(inputs.state, environment), visitor.access.certificate
    judged = []
    with expired_certificate(facility, visitor.access, ca=ca, now=inputs.now) as expired:
        for log_in, where in ((visitor.at_gateway, "the gateway"), (visitor.at_factory, "the factory")):
            before, refused, after = (
                _attempt(log_in, certificate) for certificate in (valid, expired, valid)
            )
            judged.append(judge_expiry(before, refused, after, where))
    return join_judgements(judged)


def _attempt(log_in: Callable[[Path | None], LoginAttempt], certificate: Path | None) -> Attempt:
    with log_in(certificate) as (_, attempt):
        return attempt


def prove_bare_key(visitor: Visitor) -> Judgement:
    """Gateway and login node refuse the same key without a certificate."""
    judged = []
    for log_in, where in ((visitor.at_gateway, "the gateway"), (visitor.at_factory, "the factory")):
        judged.append(judge_refusal(_attempt(log_in, None), where, "the key without certificate"))
    return join_judgements(judged)


def prove_no_shell(visitor: Visitor, nonce: str) -> Judgement:
    """The gateway opens no session, or runs nothing in it."""
    with visitor.at_gateway(visitor.access.certificate) as (gateway, attempt):
        if attempt.answer is not Answer.ENTERED:
            return Verdict.NOT_MEASURED, f"the gateway was not entered: {attempt.reason}"
        try:
            printed = _run_in_session(gateway, f"echo {nonce}")
        except ChannelException:
            return Verdict.PASS, "the gateway opens no session"
        except (SSHException, OSError, EOFError) as error:
            return Verdict.NOT_MEASURED, f"the gateway did not answer: {error}"
    if nonce in printed:
        return Verdict.FAIL, "the gateway ran a command"
    return Verdict.PASS, "the gateway opened a session but ran nothing"


def _run_in_session(gateway: PinnedConnection, command: str) -> str:
    channel = gateway.transport.open_session(timeout=LIMIT_S)
    channel.settimeout(LIMIT_S)
    channel.exec_command(command)
    printed: bytes = channel.makefile("rb").read()
    return printed.decode(errors="replace")


def prove_no_other_way(facility: Facility, visitor: Visitor, services: Services) -> Judgement:
    """The gateway leads to the factory's login node only, and that accepts the tunnel only."""
    login, controller = facility.address_of(services.login), facility.address_of(services.controller)
    others = [(login, 22), (controller, 22), (visitor.access.factory_address, 6817), ("127.0.0.1", 22)]
    with visitor.at_gateway(visitor.access.certificate) as (gateway, attempt):
        if attempt.answer is not Answer.ENTERED:
            return Verdict.NOT_MEASURED, f"the gateway was not entered: {attempt.reason}"
        judged = [_judge_way(gateway, address, port) for address, port in others]
    with visitor.at_address(login, visitor.access.certificate) as (_, attempt):
        judged.append(judge_refusal(attempt, "the login node", "a valid certificate from outside the tunnel"))
    return join_judgements(judged)


def _judge_way(gateway: PinnedConnection, address: str, port: int) -> Judgement:
    where = f"{address}:{port}"
    try:
        open_way(gateway, address, port).close()
    except ChannelException as error:
        if error.code == PROHIBITED:
            return Verdict.PASS, f"the gateway leads not to {where}"
        return Verdict.FAIL, f"the gateway tried to reach {where} ({error.text})"
    except (SSHException, OSError, EOFError) as error:
        return Verdict.NOT_MEASURED, f"the gateway did not answer about {where}: {error}"
    return Verdict.FAIL, f"the gateway leads to {where} too"
