"""A user of an antenna who logs in at the gateway and at the factory, with this certificate or that."""

import contextlib
import datetime
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from invoke.exceptions import CommandTimedOut
from paramiko.ssh_exception import SSHException

from millwright.antennas.gateway.sshd import JUMP_USER
from millwright.antennas.proof.connections import PinnedConnection, attempt_login_patiently, user_login
from millwright.antennas.proof.job import Output
from millwright.antennas.proof.proofs import Answer, Attempt
from millwright.antennas.ssh.certificate_signing import sign
from millwright.antennas.ssh.keys import public_half
from millwright.antennas.trust.certificates import new_certificate
from millwright.antennas.user.files import UserAccess
from millwright.core.errors import NotTestableError
from millwright.facility.model import Facility

COMMAND_LIMIT_S = 60
LONG_AGO = datetime.timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Visitor:
    """One user with their files; opens connections and closes every one of them."""

    access: UserAccess

    @contextlib.contextmanager
    def at_gateway(self, certificate: Path | None) -> Iterator[tuple[PinnedConnection, Attempt]]:
        """Log in at the gateway."""
        target = self.access.gateway
        endpoint, way = (target.address, target.port), target.proxy or None
        with self._attempt(endpoint, JUMP_USER, certificate, gateway=way) as answered:
            yield answered

    @contextlib.contextmanager
    def at_factory(self, certificate: Path | None) -> Iterator[tuple[PinnedConnection, Attempt]]:
        """Pass the gateway with the valid certificate, then log in at the factory with the given one."""
        with self.at_gateway(self.access.certificate) as (gateway, passed):
            if passed.answer is not Answer.ENTERED:
                yield gateway, Attempt(Answer.UNREACHABLE, f"the gateway: {passed.reason}", passed.seconds)
                return
            address, user = self.access.factory_address, self.access.user
            with self._attempt((address, 22), user, certificate, gateway=gateway) as answered:
                yield answered

    @contextlib.contextmanager
    def at_address(self, address: str, certificate: Path) -> Iterator[tuple[PinnedConnection, Attempt]]:
        """Log in at a host directly, past the gateway."""
        with self._attempt((address, 22), self.access.user, certificate) as answered:
            yield answered

    @contextlib.contextmanager
    def _attempt(
        self,
        endpoint: tuple[str, int],
        user: str,
        certificate: Path | None,
        *,
        gateway: PinnedConnection | str | None = None,
    ) -> Iterator[tuple[PinnedConnection, Attempt]]:
        def make() -> PinnedConnection:
            login = user_login(self.access.key, certificate)
            known = [self.access.pinned]
            return PinnedConnection(endpoint, user, login=login, known_hosts=known, gateway=gateway)

        connection, attempt = attempt_login_patiently(make)
        try:
            yield connection, attempt
        finally:
            connection.client.close()


@contextlib.contextmanager
def expired_certificate(
    facility: Facility, access: UserAccess, *, ca: Path, now: datetime.datetime
) -> Iterator[Path]:
    """Sign a certificate that ended an hour ago and is the user's own in all else; deleted afterwards."""
    valid = new_certificate(facility, access.antenna, access.user, now=now)
    expired = replace(
        valid, valid_after=now - LONG_AGO, valid_before=now - LONG_AGO / 2, serial=valid.serial + 1
    )
    with tempfile.TemporaryDirectory(dir=access.key.parent, prefix=".expired-") as folder:
        path = Path(folder) / "expired-cert.pub"
        sign(ca, public_half(access.key), expired, path)
        yield path


@contextlib.contextmanager
def foreign_certificate(
    facility: Facility, access: UserAccess, *, ca: Path, now: datetime.datetime
) -> Iterator[Path]:
    """Sign a certificate that is valid now, for a project and a user that nobody is; deleted afterwards."""
    valid = new_certificate(facility, access.antenna, access.user, now=now)
    foreign = replace(valid, principals=("project-0", "user-0"), serial=valid.serial + 2)
    with tempfile.TemporaryDirectory(dir=access.key.parent, prefix=".foreign-") as folder:
        path = Path(folder) / "foreign-cert.pub"
        sign(ca, public_half(access.key), foreign, path)
        yield path


def run_on(connection: PinnedConnection) -> Callable[[str], Output]:
    """Run commands on a connection; raises :exc:`NotTestableError` if it is lost or silent."""

    def run(command: str) -> Output:
        try:
            result: Output = connection.run(
                command, hide=True, warn=True, in_stream=False, timeout=COMMAND_LIMIT_S
            )
        except CommandTimedOut as error:
            raise NotTestableError(
                f"{connection.host} did not answer within {COMMAND_LIMIT_S} s", code="MW4206"
            ) from error
        except (SSHException, OSError, EOFError) as error:
            raise NotTestableError(
                f"{connection.host}: the connection was lost: {error}", code="MW4207"
            ) from error
        return result

    return run
