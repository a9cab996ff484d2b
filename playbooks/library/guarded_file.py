"""Ansible module ``guarded_file``: a change of sshd is taken back unless somebody enters again."""

from __future__ import annotations

import os
from pathlib import Path

DOCUMENTATION = r"""
module: guarded_file
short_description: A file that decides who gets in, judged before it counts and taken back unless confirmed
description:
  - Hands new content to the guard of the role C(sshd_guard). The guard lets C(sshd -t) judge it, keeps the
    old file, starts a clock, puts the new file in place and reloads sshd, which ends no session.
  - The host itself puts the old file back when the clock runs out. A task after this one has to confirm the
    change on a connection of its own, which is what the role's tasks C(confirm) do.
  - A change that an interrupted run left unconfirmed is tried again, although the file is as described.
options:
  path: {description: File., type: path, required: true}
  content: {description: What it is to hold., type: str, required: true}
  kind: {description: What it is to sshd., type: str, choices: [sshd, pam], default: sshd}
  seconds: {description: Seconds until the host takes the change back., type: int, default: 60}
  guard: {description: The guard on the host., type: path, default: /usr/local/lib/millwright/guard}
  pending: {description: Where the guard keeps what waits., type: path, default: /var/lib/millwright/guard}
attributes:
  check_mode: {support: full, description: Says whether the file would change.}
  diff_mode: {support: full, description: Shows the lines that change.}
author: Millwright
"""

EXAMPLES = r"""
- name: Ensure that sshd accepts these certificates
  guarded_file:
    path: /etc/ssh/sshd_config.d/60-millwright.conf
    content: "{{ lookup('ansible.builtin.template', 'sshd.conf.j2') }}"
  register: ssh_trust_change

- name: Ensure that the change stays, since somebody can enter after it
  ansible.builtin.include_role: {name: sshd_guard, tasks_from: confirm}
  when: ssh_trust_change.waits
"""

RETURN = r"""
waits:
  description: Whether the change has to be confirmed.
  type: bool
  returned: always
"""


def content_of(path: Path) -> str | None:
    """What a file holds; None if there is none."""
    return path.read_text(encoding="utf-8", errors="surrogateescape") if path.exists() else None


def waits(pending: Path, kind: str) -> bool:
    """Whether a change of this kind waits for its confirmation."""
    return (pending / kind / "file").exists()


def write_new(path: Path, content: str) -> None:
    """Write the file that the guard will judge; its name ends so that sshd does not read it."""
    new = path.with_name(f"{path.name}.new")
    new.write_text(content, encoding="utf-8")
    new.chmod(0o644)


def main() -> None:
    """Entry point for Ansible."""
    from ansible.module_utils.basic import AnsibleModule  # noqa: PLC0415 - the rest is plain Python, tested as such

    module = AnsibleModule(
        argument_spec={
            "path": {"type": "path", "required": True},
            "content": {"type": "str", "required": True},
            "kind": {"type": "str", "choices": ["sshd", "pam"], "default": "sshd"},
            "seconds": {"type": "int", "default": 60},
            "guard": {"type": "path", "default": "/usr/local/lib/millwright/guard"},
            "pending": {"type": "path", "default": "/var/lib/millwright/guard"},
        },
        supports_check_mode=True,
    )
    given = module.params
    path, content, kind = Path(given["path"]), given["content"], given["kind"]
    os.umask(0o022)
    try:
        before = content_of(path)
        if before == content and not waits(Path(given["pending"]), kind):
            module.exit_json(changed=False, waits=False)
        diff = {
            "before": before or "",
            "after": content,
            "before_header": str(path),
            "after_header": str(path),
        }
        if module.check_mode:
            module.exit_json(changed=True, waits=False, diff=diff)
        write_new(path, content)
    except OSError as error:
        module.fail_json(msg=f"{path}: {error}")
    status, out, err = module.run_command([given["guard"], "try", kind, str(path), str(given["seconds"])])
    if status != 0:
        words = (err or out).strip()[-500:]
        module.fail_json(msg=f"the guard refused {path}, and sshd goes on as before: {words}")
    module.exit_json(changed=True, waits=True, diff=diff)


if __name__ == "__main__":
    main()
