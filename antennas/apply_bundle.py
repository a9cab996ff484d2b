#!/usr/bin/python3 -I
"""Apply a bundle on the gateway that it was made for; runs there, as root, with Python alone.

The first bundle brings this program; it then stays as ``/usr/local/sbin/millwright-gateway``.

Example: millwright-gateway coast.bundle          (the first time: --signer SHA256:…)
Where the operator's key changed: --signer SHA256:… --replace-signer
"""

import argparse
import contextlib
import datetime
import fcntl
import hashlib
import io
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FORMAT = 1
MANIFEST, SIGNATURE, PAYLOAD, PROGRAM, SIGNER = (
    "manifest.json",
    "manifest.json.sig",
    "payload.tar",
    "apply_bundle.py",
    "signer.pub",
)
BUNDLE_NAMESPACE, RESULT_NAMESPACE, NAME = "millwright-bundle", "millwright-bundle-result", "millwright"
MAX_MEMBER_BYTES = 512 * 2**20
OK, FAIL, REFUSED = 0, 1, 2
APPLY_LIMIT_S = 1800


class RefusedError(Exception):
    """The bundle is not applied, and nothing was changed; carries every reason."""


@dataclass(frozen=True)
class Gateway:
    """Where things are on the gateway; tests use a folder of their own."""

    root: Path = Path("/")

    @property
    def signers(self) -> Path:
        """The pinned signer, as OpenSSH's allowed signers."""
        return self.root / "etc" / "millwright" / "bundle_signers"

    @property
    def program(self) -> Path:
        """Where this program stays for later bundles."""
        return self.root / "usr" / "local" / "sbin" / "millwright-gateway"

    @property
    def journal(self) -> Path:
        """The last bundle that was begun."""
        return self.root / "var" / "lib" / "millwright" / "bundle.json"

    @property
    def host_key(self) -> Path:
        """The private host key that signs the result; its public half is what the bundle names."""
        return self.root / "etc" / "ssh" / "ssh_host_ed25519_key"


@dataclass(frozen=True)
class Bundle:
    """The members of a bundle, and its manifest, which counts only once its signature was verified."""

    members: dict[str, bytes]

    @property
    def manifest(self) -> dict[str, Any]:
        """What the signer vouches for."""
        found: dict[str, Any] = json.loads(self.members[MANIFEST])
        return found


@dataclass(frozen=True)
class Signer:
    """Whom the administrator vouches for on the command line."""

    fingerprint: str | None
    """As the operator told it by telephone; None if the pinned signer is to do."""
    replaces: bool
    """Whether it takes the place of the pinned signer, which then counts no more."""


def read_bundle(path: Path) -> Bundle:
    """Read a bundle into memory; refuses what is no bundle, or has a member too many or too big."""
    wanted = {MANIFEST, SIGNATURE, PAYLOAD, PROGRAM, SIGNER, f"{PROGRAM}.sig"}
    members: dict[str, bytes] = {}
    try:
        with tarfile.open(path, mode="r:") as tar:
            for member in tar:
                is_expected = member.isreg() and member.name in wanted - members.keys()
                stream = tar.extractfile(member) if is_expected else None
                if stream is None or member.size > MAX_MEMBER_BYTES:
                    raise RefusedError(f"{path}: unexpected member {member.name!r}")
                members[member.name] = stream.read()
    except (OSError, tarfile.TarError) as error:
        raise RefusedError(f"{path}: not a bundle: {error}") from error
    if missing := wanted - members.keys():
        raise RefusedError(f"{path}: not a bundle: lacks {', '.join(sorted(missing))}")
    return Bundle(members)


def run(arguments: list[str], data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run a program that asks nothing."""
    return subprocess.run(arguments, input=data, capture_output=True, check=False, timeout=60)


def trusted_signer(bundle: Bundle, gateway: Gateway, given: Signer) -> str:
    """The pinned signer's line, or the one that the administrator vouches for by its fingerprint."""
    is_pinned = gateway.signers.exists() and not given.replaces
    pinned = gateway.signers.read_text() if is_pinned else None
    fingerprint = given.fingerprint
    if pinned is None and fingerprint is None:
        raise RefusedError(
            "no signer is pinned on this gateway or vouched for: ask the operator for the fingerprint by "
            "telephone, then run this again with --signer SHA256:…"
        )
    key = pinned.split()[-2:] if pinned else bundle.members[SIGNER].decode("ascii", "replace").split()[:2]
    if fingerprint is not None and (found := fingerprint_of(" ".join(key))) != fingerprint:
        which = "pinned on this gateway" if pinned else "in the bundle"
        remedy = "; where the operator's key changed, add --replace-signer" if pinned else ""
        raise RefusedError(f"the signer {which} is {found}, not {fingerprint}{remedy}")
    return f'{NAME} namespaces="{BUNDLE_NAMESPACE}" {" ".join(key)}\n'


def fingerprint_of(key: str) -> str:
    """SHA-256 fingerprint of a public key."""
    done = run(["ssh-keygen", "-l", "-f", "-"], key.encode())
    return done.stdout.decode().split()[1] if done.returncode == 0 else "no public key"


def verify(bundle: Bundle, signer: str) -> None:
    """Refuse a manifest that this signer did not sign, and parts that it does not name."""
    with tempfile.TemporaryDirectory() as folder:
        allowed, signature = Path(folder) / "signers", Path(folder) / "signature"
        allowed.write_text(signer)
        signature.write_bytes(bundle.members[SIGNATURE])
        about = ["-f", str(allowed), "-I", NAME, "-n", BUNDLE_NAMESPACE, "-s", str(signature)]
        done = run(["ssh-keygen", "-Y", "verify", *about], bundle.members[MANIFEST])
    if done.returncode != 0:
        raise RefusedError("the bundle is not signed by the trusted signer, or was altered")
    named = bundle.manifest.get("sha256", {})
    for part in (PAYLOAD, PROGRAM):
        if hashlib.sha256(bundle.members[part]).hexdigest() != named.get(part):
            raise RefusedError(f"{part} was altered: it is not what the manifest names")


def find_faults(manifest: dict[str, Any], gateway: Gateway, now: datetime.datetime) -> Iterator[str]:
    """Every reason why a bundle that was signed well is not for this gateway, or not now."""
    last = read_journal(gateway)
    if manifest.get("format") != FORMAT:
        yield f"format {manifest.get('format')!r}, this program reads {FORMAT}: take the new one's own"
        return
    public = gateway.host_key.with_name(f"{gateway.host_key.name}.pub")
    host_key = " ".join(public.read_text().split()[:2]) if public.exists() else "none"
    if host_key not in manifest["host_keys"]:
        yield f"made for {manifest['gateway']}, whose host key is not this host's"
    if now < datetime.datetime.fromisoformat(manifest["not_before"]):
        yield f"not valid before {manifest['not_before']}; is the clock right? It says {now.isoformat()}"
    if now >= datetime.datetime.fromisoformat(manifest["not_after"]):
        yield f"expired at {manifest['not_after']}; this host's clock says {now.isoformat()}"
    if (latest := last["latest"]) and now < moment(latest):
        yield (
            f"this host's clock says {now.isoformat()}, but said {latest} before: set it right, or add "
            "--clock-was-wrong if it was ahead then"
        )
    is_taken_up = manifest["serial"] == last["serial"] and not last["finished"]
    if manifest["serial"] <= last["serial"] and not is_taken_up:
        yield f"serial {manifest['serial']} was applied before, or a newer one was ({last['serial']})"
    wanted = (manifest["python"], manifest["machine"])
    found = (".".join(platform.python_version_tuple()[:2]), platform.machine())
    if wanted != found:
        yield f"made for Python {' on '.join(wanted)}, this host has {' on '.join(found)}"


def moment(text: str) -> datetime.datetime:
    """A time of the journal; raises :exc:`ValueError` for text that is none."""
    return datetime.datetime.fromisoformat(text).astimezone(datetime.UTC)


def read_journal(gateway: Gateway) -> dict[str, Any]:
    """The last bundle that was begun; a journal that can't be read is refused, for it may hide a replay."""
    if not gateway.journal.exists():
        return {"serial": 0, "nonce": "", "finished": True, "latest": ""}
    try:
        found = json.loads(gateway.journal.read_text())
        latest = str(found.get("latest", ""))
        if latest:
            moment(latest)
        serial, finished = int(found["serial"]), bool(found["finished"])
        return {"serial": serial, "nonce": found["nonce"], "finished": finished, "latest": latest}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise RefusedError(f"{gateway.journal} can't be read, so no replay can be told: {error}") from error


def write_journal(gateway: Gateway, manifest: dict[str, Any], *, finished: bool) -> None:
    """Remember a bundle, for good."""
    entry = {"serial": manifest["serial"], "nonce": manifest["nonce"], "finished": finished}
    text = json.dumps({**entry, "latest": read_journal(gateway)["latest"]})
    write_whole(gateway.journal, text.encode(), mode=0o600)


def remember_time(gateway: Gateway, now: datetime.datetime, *, may_go_back: bool) -> None:
    """Keep the latest time at which a bundle of the trusted signer was tried.

    Whoever can set this host's clock back (NTP is not authenticated) gets no expired bundle in.
    """
    entry = read_journal(gateway)
    latest = moment(entry["latest"]) if entry["latest"] else None
    if latest is None or now > latest or may_go_back:
        entry["latest"] = now.astimezone(datetime.UTC).isoformat(timespec="seconds")
        write_whole(gateway.journal, json.dumps(entry).encode(), mode=0o600)


def write_whole(path: Path, data: bytes, *, mode: int) -> None:
    """Write a file in one step, through a new file of a name that nobody can know beforehand."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            os.fchmod(descriptor, mode)
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def unpacked(bundle: Bundle, gateway: Gateway) -> Iterator[Path]:
    """The payload in a folder of its own, its wheels made importable below ``site``; removed afterwards."""
    folder = Path(tempfile.mkdtemp(dir=gateway.journal.parent, prefix="bundle-"))
    try:
        with tarfile.open(fileobj=io.BytesIO(bundle.members[PAYLOAD])) as tar:
            tar.extractall(folder, filter="data")
        for wheel in sorted((folder / "wheels").glob("*.whl")):
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(folder / "site")  # noqa: S202 - the signature was verified
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def deploy(folder: Path) -> tuple[int, str, str]:
    """Run the same deploy as from outside, on this host; status, result and last words."""
    arguments = [sys.executable, "-m", "pyinfra", "-y", "--json", "inventory.py", "antennas/deploy.py"]
    environment = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join([str(folder / "site"), str(folder / "src")]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    try:
        done = subprocess.run(
            arguments, capture_output=True, check=False, cwd=folder, env=environment, timeout=APPLY_LIMIT_S
        )
    except subprocess.TimeoutExpired:
        return FAIL, "", f"the apply did not end within {APPLY_LIMIT_S} s"
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def summarize(status: int, output: str, errors: str) -> dict[str, Any]:
    """What pyinfra did, from its own result."""
    try:
        operations = json.loads(output)["results"]["operations"]
        changed = [each["name"] for each in operations if each["success"]]
        failed = [each["name"] for each in operations if each["error"]]
        total = len(operations)
    except (ValueError, LookupError, TypeError):
        changed, failed, total = [], ["pyinfra left no result"], 0
    is_good = status == 0 and not failed and total > 0
    words = [] if is_good else [line for line in errors.splitlines() if line.strip()][-20:]
    found = {"operations": total, "changed": changed, "failed": failed, "last_words": words}
    return {"is_good": is_good, **found}


def versions() -> dict[str, str]:
    """What runs here."""
    wg = run(["sh", "-c", "wg --version"]).stdout.decode(errors="replace").split()
    ssh = run(["ssh", "-V"]).stderr.decode(errors="replace").strip()
    system = platform.freedesktop_os_release().get("PRETTY_NAME", "")
    return {
        "system": system,
        "kernel": platform.release(),
        "python": platform.python_version(),
        "openssh": ssh,
        "wireguard-tools": wg[1] if len(wg) > 1 else "",
    }


def sign(document: bytes, host_key: Path) -> bytes:
    """A document followed by the host key's signature of it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "result.json"
        file.write_bytes(document)
        done = run(["ssh-keygen", "-q", "-Y", "sign", "-f", str(host_key), "-n", RESULT_NAMESPACE, str(file)])
        if done.returncode != 0:
            raise RefusedError(f"the host key {host_key} can't sign: {done.stderr.decode(errors='replace')}")
        return document + file.with_name("result.json.sig").read_bytes()


def apply(
    bundle: Bundle, gateway: Gateway, deploying: Callable[[Path], tuple[int, str, str]]
) -> dict[str, Any]:
    """Apply a verified bundle and say what came of it."""
    manifest = bundle.manifest
    write_journal(gateway, manifest, finished=False)
    with unpacked(bundle, gateway) as folder:
        outcome = summarize(*deploying(folder))
        key = folder / "state" / "wireguard" / f"{manifest['antenna']}.pub"
        public_key = key.read_text().strip() if key.exists() else ""
    write_journal(gateway, manifest, finished=outcome["is_good"])
    named = {key: manifest[key] for key in ("format", "facility", "antenna", "gateway", "serial", "nonce")}
    finished = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    return {
        **named,
        **outcome,
        "finished": finished,
        "wireguard_public_key": public_key,
        "versions": versions(),
    }


@contextlib.contextmanager
def only_one(gateway: Gateway) -> Iterator[None]:
    """Refuse while another bundle is being applied."""
    gateway.journal.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with gateway.journal.with_name("lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RefusedError("another bundle is being applied on this gateway") from None
        yield


def check(
    bundle: Bundle, gateway: Gateway, given: Signer, now: datetime.datetime, *, clock_was_wrong: bool = False
) -> str:
    """The trusted signer's line, for a bundle that may be applied; raises :exc:`RefusedError` otherwise."""
    signer = trusted_signer(bundle, gateway, given)
    verify(bundle, signer)
    remember_time(gateway, now, may_go_back=clock_was_wrong)
    if faults := list(find_faults(bundle.manifest, gateway, now)):
        raise RefusedError("\n".join(faults))
    return signer


def main(
    arguments: list[str] | None = None,
    *,
    gateway: Gateway = Gateway(),
    deploying: Callable[[Path], tuple[int, str, str]] = deploy,
    now: datetime.datetime | None = None,
) -> int:
    """Verify, apply, sign the result; the exit code is Millwright's."""
    parser = argparse.ArgumentParser(description="Apply a bundle that the operator signed for this gateway.")
    parser.add_argument("bundle", type=Path, help="the file that the operator sent")
    parser.add_argument("--signer", metavar="SHA256:…", help="the operator's fingerprint; needed once")
    parser.add_argument(
        "--replace-signer", action="store_true", help="let --signer take the place of the pinned signer"
    )
    parser.add_argument(
        "--clock-was-wrong", action="store_true", help="trust the clock although it was ahead of now before"
    )
    parser.add_argument("--result", type=Path, help="where the signed result goes")
    given = parser.parse_args(arguments)
    result = given.result or given.bundle.with_suffix(".result")
    vouched = Signer(given.signer, replaces=given.replace_signer)
    try:
        bundle = read_bundle(given.bundle)
        with only_one(gateway):
            clock = now or datetime.datetime.now(datetime.UTC)
            signer = check(bundle, gateway, vouched, clock, clock_was_wrong=given.clock_was_wrong)
            write_whole(gateway.signers, signer.encode(), mode=0o644)
            write_whole(gateway.program, bundle.members[PROGRAM], mode=0o755)
            outcome = apply(bundle, gateway, deploying)
            document = json.dumps(outcome, indent=2, sort_keys=True).encode() + b"\n"
            write_whole(result, sign(document, gateway.host_key), mode=0o644)
    except RefusedError as error:
        sys.stderr.write(f"millwright-gateway: refused: {error}\n")
        return REFUSED
    for name in outcome["changed"]:
        sys.stdout.write(f"changed  {name}\n")
    for line in outcome["last_words"]:
        sys.stderr.write(f"{line}\n")
    sys.stdout.write(f"{'applied' if outcome['is_good'] else 'FAILED'}; send this back: {result}\n")
    return OK if outcome["is_good"] else FAIL


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("millwright-gateway: run it as root")
    os.umask(0o022)
    sys.exit(main())
