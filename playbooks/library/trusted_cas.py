#!/usr/bin/python
"""A file of certification authorities holds the facility's own and the pinned ones, and no others."""

from __future__ import annotations

import base64
import binascii
import hashlib
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: trusted_cas
short_description: Refuse certification authorities that nobody pinned
description:
  - Compares the SHA-256 fingerprint of each key in a file with those of the facility's own certification
    authority and with the pinned ones.
  - Fails, and changes nothing, where a key is neither, or where a pinned one is missing.
options:
  file: {type: path, required: true, description: Public keys that sshd is to trust.}
  own:
    type: path
    required: true
    description: The facility's own certification authority, without C(.pub), C(.next.pub) and C(.former.pub).
  pinned: {type: list, elements: str, default: [], description: Fingerprints as C(ssh-keygen -l) prints them.}
author: [Millwright]
"""
EXAMPLES = """
- name: Check that only pinned certification authorities are trusted
  trusted_cas:
    file: /state/trust/production.pub
    own: /state/ca/user_ca
    pinned: ["SHA256:uEK+3SBoa5KvfcDDLcv4k2Vlf6BxTLEhZYJ8N1pGJ4E"]
"""
RETURN = """
fingerprints: {type: list, elements: str, returned: always, description: Fingerprints in the file.}
"""


def fingerprint(line: str) -> str:
    """SHA-256 fingerprint of one public key; raises :exc:`ValueError` where it is none."""
    try:
        blob = base64.b64decode(line.split()[1], validate=True)
    except (IndexError, binascii.Error) as error:
        message = f"not a public key: {line[:60]!r}"
        raise ValueError(message) from error
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def fingerprints(path: Path) -> list[str]:
    """Fingerprints of the keys in a file; none where there is no file."""
    if not path.is_file():
        return []
    lines = path.read_text(encoding="ascii").splitlines()
    return [fingerprint(line) for line in lines if line.strip() and not line.startswith("#")]


def own_fingerprints(own: str) -> set[str]:
    """Fingerprints of the facility's own keys: the current one, and in a rotation the next or former."""
    names = (f"{own}.pub", f"{own}.next.pub", f"{own}.former.pub")
    return {found for name in names for found in fingerprints(Path(name))}


def problems(found: list[str], own: set[str], pinned: set[str]) -> list[str]:
    """Why the file must not be trusted; empty if it may."""
    return [
        *([] if found else ["it holds no key"]),
        *(f"{each} is neither the facility's own nor pinned" for each in found if each not in own | pinned),
        *(f"{each} is pinned but not there" for each in sorted(pinned - set(found))),
    ]


def main() -> None:
    """Compare, and fail before anything changes."""
    module = AnsibleModule(
        {
            "file": {"type": "path", "required": True},
            "own": {"type": "path", "required": True},
            "pinned": {"type": "list", "elements": "str", "default": []},
        },
        supports_check_mode=True,
    )
    given = module.params
    try:
        found = fingerprints(Path(given["file"]))
        wrong = problems(found, own_fingerprints(given["own"]), set(given["pinned"]))
    except (ValueError, OSError) as error:
        found, wrong = [], [str(error)]
    if wrong:
        module.fail_json(
            msg=f"{given['file']} is not what the facility trusts: {'; '.join(wrong)}. "
            "Correct user_cas in the facility file, then apply again with millwright."
        )
    module.exit_json(changed=False, fingerprints=found)


if __name__ == "__main__":
    main()
