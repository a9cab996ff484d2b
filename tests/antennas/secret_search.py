"""Where a secret could have come to light: what processes show of themselves, and files and texts."""

import base64
import contextlib
import threading
from dataclasses import dataclass, field
from pathlib import Path

PEM = "-----BEGIN OPENSSH PRIVATE KEY-----"
PAUSE_S = 0.02


def forms_of(secret):
    """The bytes by which a secret would be recognised, however it was written down."""
    text = secret.decode("ascii", errors="ignore").strip()
    if text.startswith(PEM):  # the first lines of the body are the format and the public half
        return {line.encode() for line in text.splitlines()[3:-1] if len(line) > 30}
    plain = {
        secret.strip(),
        base64.b64encode(secret).rstrip(b"="),
        base64.b64encode(secret.strip()).rstrip(b"="),
    }
    with contextlib.suppress(ValueError):
        raw = bytes.fromhex(text)
        plain |= {raw, base64.b64encode(raw).rstrip(b"=")}
    with contextlib.suppress(ValueError):
        plain |= {(raw := base64.b64decode(text, validate=True)), raw.hex().encode()}
    return {form for form in plain if len(form) >= 16}


def find(secrets, texts):
    """Names of secrets with the places where they stand; both are given by name."""
    forms = {name: forms_of(secret) for name, secret in secrets.items()}
    assert all(forms.values())
    return {
        (name, place)
        for place, text in texts.items()
        for name, wanted in forms.items()
        if any(form in text for form in wanted)
    }


def files_below(*folders, besides=()):
    """The content of every file by its path; ``besides`` are the files where the secrets belong."""
    return {
        str(path): path.read_bytes()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and path not in besides
    }


@dataclass
class Sampler:
    """Reads command lines and environments of all processes, those of the rack's nodes too, until it ends."""

    seen: dict[str, bytes] = field(default_factory=dict)
    _end: threading.Event = field(default_factory=threading.Event)

    def __enter__(self):
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()

    def _run(self):
        while not self._end.wait(PAUSE_S):
            for process in Path("/proc").glob("[0-9]*"):
                for name in ("cmdline", "environ"):
                    with contextlib.suppress(OSError):  # it ended
                        text = (process / name).read_bytes()
                        self.seen.setdefault(f"{name} {hash(text)}", text)
