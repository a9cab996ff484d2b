"""What a gateway needs to apply itself: the deploy, its data, public keys and Python packages; no secret."""

import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from millwright.core.errors import FailedError
from millwright.core.places import import_folder, package_files

STATE = PurePosixPath("state")
"""Where the payload keeps what is in the state folder here."""
DEPLOY = ("__init__.py", "deploy.py", "trust.py", "operations.py", "facts.py", "alive.py")
CARRIED = (".py", ".sh", ".service")
"""What the library consists of: programs, and the guard that a host gets."""
SECRET_MARKS = (b"PRIVATE KEY", b"PrivateKey")

INVENTORY = '''\
"""This host alone; made from the facility."""

import json
from pathlib import Path

gateways = [("@local", {"antenna": json.loads(Path("antenna.json").read_text())})]
'''

Contents = dict[PurePosixPath, bytes]


def payload_contents(antenna: Mapping[str, Any], *, state: Path, root: Path, wheels: Path) -> Contents:
    """Every file of the payload; raises :exc:`FailedError` if one of the state folder is secret.

    ``antenna`` is the gateway's data for pyinfra, whose files are below ``state``; ``root`` is the checkout.
    """
    contents: Contents = {
        PurePosixPath("inventory.py"): INVENTORY.encode(),
        **described_contents(antenna, state=state),
        **_public_files(antenna, state),
        **{PurePosixPath("wheels") / each.name: each.read_bytes() for each in sorted(wheels.glob("*.whl"))},
        **_sources(root),
    }
    return contents


def described_contents(antenna: Mapping[str, Any], *, state: Path) -> Contents:
    """What the facility and the state folder say of the gateway: the same as long as it need not change.

    The gateway's own public key comes from itself, so it is left out.
    """
    moved = _moved(antenna, state) | {"reach": []}  # a change is confirmed on the gateway itself
    described = {key: value for key, value in antenna.items() if key != "gateway_key_file"}
    return {
        PurePosixPath("antenna.json"): json.dumps(moved, indent=2, sort_keys=True).encode(),
        **_public_files(described, state),
    }


def _sources(root: Path) -> Contents:
    deploy = [root / "antennas" / name for name in DEPLOY]
    found = {PurePosixPath("antennas") / file.name: file.read_bytes() for file in deploy if file.exists()}
    tools = import_folder(root)
    for file in package_files(root):
        if file.suffix not in CARRIED:
            continue
        found[PurePosixPath("src") / PurePosixPath(file.relative_to(tools))] = file.read_bytes()
    return found


def _moved(value: Any, state: Path) -> Any:  # noqa: ANN401 - data of any shape
    """The same data with every path of the state folder as a path of the payload."""
    if isinstance(value, Mapping):
        return {key: _moved(each, state) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_moved(each, state) for each in value]
    below = _below(value, state)
    return value if below is None else str(STATE / below)


def _public_files(value: Any, state: Path) -> Contents:  # noqa: ANN401 - data of any shape
    """The files that the data names; one that does not exist yet is made by the apply."""
    found: Contents = {}
    for text in _texts(value):
        below = _below(text, state)
        if below is not None and (state / below).is_file():
            found[STATE / below] = _public(state / below)
    return found


def _public(path: Path) -> bytes:
    data = path.read_bytes()
    if any(mark in data for mark in SECRET_MARKS):
        raise FailedError(f"{path} holds a private key, and no bundle may carry one", code="MW4002")
    return data


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - data of any shape
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


def _below(value: object, state: Path) -> PurePosixPath | None:
    if isinstance(value, str) and value.startswith(f"{state}/"):
        return PurePosixPath(value).relative_to(PurePosixPath(state))
    return None


def pack(contents: Mapping[PurePosixPath, bytes]) -> bytes:
    """A tar archive of files; the same files give the same bytes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name in sorted(contents):
            member = tarfile.TarInfo(str(name))
            member.size, member.mode = len(contents[name]), 0o644
            tar.addfile(member, io.BytesIO(contents[name]))
    return buffer.getvalue()
