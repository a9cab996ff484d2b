"""Ansible module ``needed_command``: a command that changes the host and of which check mode says so."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: needed_command
short_description: A command that an earlier task found to be needed
description:
  - Runs a command that changes the host. C(ansible.builtin.command) is skipped in check mode, so a plan would
    say that nothing changes; this module says that it would.
  - Whether the command is needed is the question of an earlier task that also runs in check mode (C(when)).
options:
  argv: {description: The command., type: list, elements: str, required: true}
  stdin: {description: What the command reads., type: str}
attributes:
  check_mode: {support: full, description: Says that it would run.}
author: Millwright
"""

EXAMPLES = r"""
- name: Ensure that logins ask sssd
  needed_command: {argv: [pam-auth-update, --enable, sss]}
  when: directory_pam.rc == 1
"""

RETURN = r"""
stdout: {description: What the command printed., type: str, returned: when it ran}
"""


def main() -> None:
    """Entry point for Ansible."""
    arguments = {"argv": {"type": "list", "elements": "str", "required": True}, "stdin": {"type": "str"}}
    module = AnsibleModule(argument_spec=arguments, supports_check_mode=True)
    if module.check_mode:
        module.exit_json(changed=True, msg="would run")
    stdout = module.run_command(module.params["argv"], data=module.params["stdin"], check_rc=True)[1]
    module.exit_json(changed=True, stdout=stdout)


if __name__ == "__main__":
    main()
