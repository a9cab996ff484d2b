"""Ansible module ``slurm_configuration``: let slurmctld follow its files, or put the working ones back."""

from __future__ import annotations

import os
import re
import shutil
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path

DOCUMENTATION = r"""
module: slurm_configuration
short_description: slurmctld follows its files, or goes on with those that it followed before
description:
  - The files that slurmctld accepted last are kept in a folder of their own. What it refuses is replaced by
    them, so that neither the running controller nor its next start ever meets files that it can't work with.
  - A change reaches a running controller by C(scontrol reconfigure). The controller starts a successor with
    the new files and stays as it is where the successor gives up, so that no job notices. One that does not
    run is started.
  - Also true after a run that was interrupted between the files and the controller, since it is the running
    controller that is asked.
options:
  step:
    description: >-
      C(keep), before files are rendered, keeps those that the running controller follows. C(follow), after
      it, lets the controller follow the new ones.
    type: str
    choices: [keep, follow]
    required: true
  folder:
    description: Where slurmctld reads its files.
    type: path
    default: /etc/slurm
  accepted:
    description: Where the files that it accepted last are kept; those that it refused are beside it.
    type: path
    default: /var/lib/millwright/slurm/accepted
  log:
    description: Log of slurmctld, from which the reason of a refusal is told.
    type: path
    default: /var/log/slurm/slurmctld.log
  standby:
    description: Whether this is the backup, which reads its files when it starts.
    type: bool
    default: false
  pending:
    description: >-
      Whether something else changed that only a reconfiguration takes up; in check mode, whether files would.
    type: bool
    default: false
  patience_s:
    description: How long, in seconds, a controller may take to answer.
    type: int
    default: 60
attributes:
  check_mode: {support: full, description: Says whether the controller would be told.}
author: Millwright
"""

EXAMPLES = r"""
- name: Ensure that the controller follows its files
  slurm_configuration:
    step: follow
"""

RETURN = r"""
reason:
  description: What slurmctld said about the files that it refused.
  type: str
  returned: failed
"""

FILES = ("slurm.conf", "cgroup.conf", "gres.conf", "topology.conf")
FOLLOWS = re.compile(r"^HASH_VAL\s+= Match", re.MULTILINE)
STATE_FOLDER = re.compile(r"^StateSaveLocation=(\S+)", re.MULTILINE)
STAMP = re.compile(r"^\[[^]]*\] *")
CONTINUED = re.compile(r"\n(?!\[)")
OTHER_ID = "CLUSTER ID MISMATCH"
RESUME_S = 8
"""How long a controller that refused its files may take to answer again, in seconds."""
Files = Mapping[str, "bytes | None"]
Run = Callable[[list[str]], tuple[int, str, str]]


def read_files(folder: Path) -> dict[str, bytes | None]:
    """Every file of the configuration that is in a folder; None if one does not."""
    paths = {name: folder / name for name in FILES}
    return {name: path.read_bytes() if path.exists() else None for name, path in paths.items()}


def write_files(folder: Path, files: Files) -> None:
    """Put files into a folder, each at once; a file that is None goes."""
    for name, content in files.items():
        path = folder / name
        if content is None:
            path.unlink(missing_ok=True)
            continue
        fresh = folder / f".{name}.new"
        fresh.write_bytes(content)
        fresh.chmod(0o644)
        fresh.replace(path)


def are_there(files: Files) -> bool:
    """Whether a folder holds a configuration at all."""
    return files["slurm.conf"] is not None


def summarize_log(log: str, limit: int = 3) -> str:
    r"""Why slurmctld gave up, from what it logged meanwhile: its last words, else its last errors.

    >>> summarize_log("[2026-01-01T00:00:00.000] fatal: no such plugin\n[2026-01-01T00:00:00.001] bye\n")
    'fatal: no such plugin'
    """
    lines = [STAMP.sub("", line).strip() for line in CONTINUED.sub(" ", log).splitlines()]
    for mark in ("fatal:", "error:"):
        found = list(dict.fromkeys(line for line in lines if mark in line))
        if found:
            return "; ".join(found[-limit:])
    return "; ".join(lines[-limit:])


def state_folder(files: Files) -> str:
    """Where a configuration says that the controller keeps its state; empty if it does not say."""
    found = STATE_FOLDER.search((files["slurm.conf"] or b"").decode(errors="replace"))
    return found[1] if found else ""


class Controller:
    """slurmctld on this host, which Slurm calls ``host``."""

    def __init__(self, run: Run, host: str, log: Path, patience_s: int, *, standby: bool) -> None:
        self._run, self._host, self._log = run, host, log
        self._patience_s, self._standby = patience_s, standby

    def is_active(self) -> bool:
        """Whether it runs."""
        return self._run(["systemctl", "is-active", "--quiet", "slurmctld"])[0] == 0

    def answers(self) -> bool:
        """Whether it runs and answers; another controller that answers in its place does not count."""
        if not self.is_active():
            return False
        ping = self._run(["timeout", "20", "scontrol", "ping"])[1]
        return f" at {self._host} is UP" in ping

    def follows_files(self) -> bool:
        """Whether it answers, and the cluster's controller works with the slurm.conf of this host."""
        if not self.answers():
            return False
        return bool(FOLLOWS.search(self._run(["timeout", "20", "scontrol", "show", "config"])[1]))

    def start_following(self, state: str = "") -> str:
        """Let it read its files; what it said where it refuses them, else nothing.

        ``state`` is the folder of its state. At its very first start slurmctld gets the cluster's number from
        slurmdbd; 24.11 was seen to write one down, to be told another, and to give up. As nothing else is
        in that state yet, it starts without the number again. One that was there before stays.
        """
        name = Path(state) / "clustername"
        first = bool(state) and not name.exists()
        reason = self._refusal()
        if first and OTHER_ID in reason:
            name.unlink(missing_ok=True)
            reason = self._refusal()
        return reason

    def _refusal(self) -> str:
        begin = self._log.stat().st_size if self._log.exists() else 0
        status, out, err = self._reload()
        if status == 0 and self._comes_to(self.follows_files, self._patience_s):
            return ""
        if status == 0 and self.answers():
            return "the controller in charge works with another slurm.conf, so both have to be applied"
        silence = f"exit code {status}, and no word in {self._log}"
        return summarize_log(self._logged_since(begin)) or summarize_log(err + out) or silence

    def _reload(self) -> tuple[int, str, str]:
        if not self.is_active():
            self._run(["systemctl", "reset-failed", "slurmctld"])
            return self._run(["systemctl", "start", "slurmctld"])
        if self._standby:
            return self._run(["systemctl", "restart", "slurmctld"])
        return self._run(["timeout", str(self._patience_s), "scontrol", "reconfigure"])

    def _comes_to(self, state: Callable[[], bool], limit_s: float) -> bool:
        end = time.monotonic() + limit_s
        while not state():
            if not self.is_active() or time.monotonic() > end:
                return False
            time.sleep(0.5)
        return True

    def _logged_since(self, begin: int) -> str:
        if not self._log.exists():
            return ""
        with self._log.open("rb") as stream:
            stream.seek(begin if begin <= self._log.stat().st_size else 0)
            return stream.read().decode(errors="replace")

    def ensure_answering(self) -> None:
        """Bring it back where a refusal left it down, or up but mute.

        slurmctld 24.11 says "Resuming operation, reconfigure failed", and now and then hangs there.
        """
        if self._comes_to(self.answers, RESUME_S):
            return
        self._run(["timeout", str(RESUME_S), "systemctl", "stop", "slurmctld"])
        self._run(["systemctl", "kill", "--signal=KILL", "slurmctld"])
        self._run(["systemctl", "reset-failed", "slurmctld"])
        self._run(["systemctl", "start", "slurmctld"])
        self._comes_to(self.answers, self._patience_s)

    def move_state(self, old: str, new: str) -> None:
        """Take the record of all jobs along; the controller stands still meanwhile, and jobs run on.

        Where the other controller brought it already, only this one's stop is left to do.
        """
        self._run(["systemctl", "stop", "slurmctld"])
        if not (Path(new) / "clustername").exists():
            status, _, err = self._run(["cp", "--archive", f"{old}/.", new])
            if status != 0:
                raise OSError(
                    f"the controller's state could not be copied from {old} to {new}: {err.strip()}"
                )


def keep(controller: Controller, folder: Path, accepted: Path) -> None:
    """Remember the files that the running controller follows, where it does not follow those kept already."""
    here, kept = read_files(folder), read_files(accepted)
    if here["slurm.conf"] != kept["slurm.conf"] and are_there(here) and controller.follows_files():
        accept(here, accepted)


def accept(files: Files, accepted: Path) -> None:
    """Keep files as the ones that work."""
    accepted.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_files(accepted, files)


def put_back(controller: Controller, folder: Path, accepted: Path) -> str:
    """Return to the files that worked; says what is true now."""
    refused = accepted.with_name("refused")
    shutil.rmtree(refused, ignore_errors=True)
    accept(read_files(folder), refused)
    kept = read_files(accepted)
    if not are_there(kept):
        return f"No earlier files are known, so nothing could be put back; a copy lies in {refused}."
    write_files(folder, kept)
    controller.ensure_answering()
    if not controller.follows_files():
        return f"The earlier files are back, but the controller does not follow them either; see {refused}."
    return f"The files that it works with are back, and jobs go on; the refused ones lie in {refused}."


def main() -> None:
    """Entry point for Ansible."""
    from ansible.module_utils.basic import AnsibleModule  # noqa: PLC0415 - the rest is plain Python, tested as such

    module = AnsibleModule(
        argument_spec={
            "step": {"type": "str", "choices": ["keep", "follow"], "required": True},
            "folder": {"type": "path", "default": "/etc/slurm"},
            "accepted": {"type": "path", "default": "/var/lib/millwright/slurm/accepted"},
            "log": {"type": "path", "default": "/var/log/slurm/slurmctld.log"},
            "standby": {"type": "bool", "default": False},
            "pending": {"type": "bool", "default": False},
            "patience_s": {"type": "int", "default": 60},
        },
        supports_check_mode=True,
    )
    given = module.params
    folder, accepted = Path(given["folder"]), Path(given["accepted"])
    os.umask(0o022)
    controller = Controller(
        module.run_command,
        socket.gethostname().partition(".")[0],
        Path(given["log"]),
        given["patience_s"],
        standby=given["standby"],
    )
    try:
        if given["step"] == "keep":
            if not module.check_mode:
                keep(controller, folder, accepted)
            module.exit_json(changed=False)
        here, kept = read_files(folder), read_files(accepted)
        if not given["pending"] and here == kept and controller.follows_files():
            module.exit_json(changed=False)
        if module.check_mode:
            module.exit_json(changed=True)
        old, new = state_folder(kept), state_folder(here)
        if old and new and old != new:
            controller.move_state(old, new)
        reason = controller.start_following(new)
        if not reason:
            accept(here, accepted)
            module.exit_json(changed=True)
        after = put_back(controller, folder, accepted)
    except OSError as error:
        module.fail_json(msg=str(error))
    module.fail_json(msg=f"slurmctld refused its new files: {reason}. {after}", reason=reason)


if __name__ == "__main__":
    main()
