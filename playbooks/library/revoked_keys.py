"""Ansible module ``revoked_keys``: sshd's revocation list, which never lets somebody in again unasked."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import subprocess
import tempfile
from pathlib import Path

DOCUMENTATION = r"""
module: revoked_keys
short_description: The key revocation list of sshd, made from a list that only grows unless told otherwise
description:
  - Makes the list on the host from a text in the language of C(ssh-keygen -k), which is kept beside it.
  - A revocation that the host has and the text has not stays, and the task fails, unless the text says that
    it was lifted. A text of an older version than the host's changes nothing, so whoever read the list before
    a revocation and writes it after that does not undo it.
options:
  dest: {description: The list that sshd reads., type: path, required: true}
  text:
    description: Revocations, and in comments the version and what was lifted.
    type: str
    required: true
attributes:
  check_mode: {support: full, description: Says whether the list would change.}
author: Millwright
"""

EXAMPLES = r"""
- name: Ensure that revoked users and keys stay out
  revoked_keys:
    dest: /etc/ssh/millwright_revoked_keys
    text: "{{ lookup('ansible.builtin.file', facility_state_folder ~ '/trust/revoked_keys.txt') }}"
"""

RETURN = r"""
kept:
  description: Revocations that the host has and the text has not.
  type: list
  elements: str
  returned: always
"""

VERSION = re.compile(r"^# version ([0-9]+)$", re.MULTILINE)
MADE = re.compile(r"^# made ([0-9a-f]{64})\n", re.MULTILINE)
"""Digest of the list that sshd reads, added to the text on the host: a damaged one is made again."""
LIFTED = re.compile(r"^# lifted (.+)$", re.MULTILINE)


def version_of(text: str) -> int:
    """Version of a text; 0 where it has none."""
    found = VERSION.search(text)
    return int(found[1]) if found else 0


def revocations_of(text: str) -> set[str]:
    """Lines that revoke something."""
    return {line for line in text.splitlines() if line.strip() and not line.startswith("#")}


def missing_from(new: str, held: str) -> list[str]:
    """Revocations of ``held`` that ``new`` neither has nor lifts."""
    return sorted(revocations_of(held) - revocations_of(new) - set(LIFTED.findall(new)))


def install(text: str, dest: str, *, check: bool = False) -> tuple[bool, list[str]]:
    """Put a list in place: whether it changed, and what the host keeps although the text lacks it."""
    path, source = Path(dest), Path(f"{dest}.txt")
    with Path(f"{dest}.lock").open("a", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        held = source.read_text(encoding="utf-8") if source.exists() else ""
        made = MADE.match(held)
        is_whole = made is not None and path.exists() and _digest(path) == made[1]
        if version_of(held) > version_of(text):
            text = held
        if is_whole and MADE.sub("", held) == MADE.sub("", text):
            return False, []
        kept = missing_from(text, held)
        if kept or check:
            return not kept, kept
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".revoked-") as folder:
            spec, krl = Path(folder) / "list", Path(folder) / "krl"
            spec.write_text(text, encoding="utf-8")
            command = ["ssh-keygen", "-q", "-k", "-f", str(krl), "-s", "none", str(spec)]
            subprocess.run(command, check=True, capture_output=True)
            spec.write_text(f"# made {_digest(krl)}\n{MADE.sub('', text)}", encoding="utf-8")
            for file in (spec, krl):
                file.chmod(0o644)
            krl.replace(path)
            spec.replace(source)
        return True, []


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """Entry point for Ansible."""
    from ansible.module_utils.basic import AnsibleModule  # noqa: PLC0415 - the rest is plain Python, tested as such

    module = AnsibleModule(
        argument_spec={
            "dest": {"type": "path", "required": True},
            "text": {"type": "str", "required": True},
        },
        supports_check_mode=True,
    )
    os.umask(0o022)
    try:
        changed, kept = install(module.params["text"], module.params["dest"], check=module.check_mode)
    except (OSError, subprocess.SubprocessError) as error:
        module.fail_json(msg=f"{module.params['dest']}: {error}")
    if kept:
        module.fail_json(
            msg=f"this host goes on refusing what the list here does not name: {', '.join(kept[:5])}. "
            "The list was lost or is another operator's: restore ca/revocations.json, or lift these by "
            "millwright antenna revoke --lift",
            kept=kept,
        )
    module.exit_json(changed=changed, kept=[])


if __name__ == "__main__":
    main()
