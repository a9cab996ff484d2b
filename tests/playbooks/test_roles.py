"""Every role says what it takes, and keeps to the rules that ansible-lint does not know."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from millwright.facility.topics.fabric import Fabric

pytestmark = pytest.mark.tools

ROOT = Path(__file__).resolve().parents[2]
PLAYBOOKS = ROOT / "playbooks"
ROLES = sorted(path for path in (PLAYBOOKS / "roles").iterdir() if path.is_dir())
VERBS = ("Ensure", "Check", "Render", "Load", "Let", "Reload")
KEYWORDS = {
    *("name", "when", "loop", "loop_control", "register", "notify", "listen", "vars", "tags"),
    *("changed_when", "failed_when", "check_mode", "diff", "no_log", "until", "retries", "delay"),
    *("delegate_to", "run_once", "become", "args", "ignore_unreachable"),
}


def load(path):
    return yaml.safe_load(path.read_text())


def tasks_of(role):
    for folder in ("tasks", "handlers"):
        for path in sorted((role / folder).glob("*.yml")):
            yield from load(path)


def plays_of(path):
    return [play for play in load(path) if "hosts" in play]


def imports_of(tasks):
    """Every task that imports a role, also within blocks."""
    for task in tasks:
        if "ansible.builtin.import_role" in task:
            yield task
        yield from imports_of(task.get("block", []))


def roles_of(tasks):
    """Role and entry of everything that tasks import."""
    for task in imports_of(tasks):
        imported = task["ansible.builtin.import_role"]
        yield imported["name"], imported.get("tasks_from", "main")


def depends(role):
    """Roles that Ansible runs before this one."""
    path = role / "meta/main.yml"
    return {entry["role"] for entry in load(path)["dependencies"]} if path.exists() else set()


def proofs_of(role):
    """Roles whose proof this role's proof is made of."""
    entries = roles_of(load(role / "tasks/verify.yml"))
    return {name for name, entry in entries if entry == "verify"}


def in_each_role(function):
    return pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)(function)


@in_each_role
def test_the_specification_lists_exactly_the_defaults(role):
    options = load(role / "meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    assert set(options) == set(load(role / "defaults/main.yml"))


@in_each_role
def test_stated_defaults_are_the_defaults(role):
    options = load(role / "meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    defaults = load(role / "defaults/main.yml")
    stated = {name: option["default"] for name, option in options.items() if "default" in option}
    assert stated == {name: defaults[name] for name in stated}


@in_each_role
def test_every_option_is_described(role):
    specification = load(role / "meta/argument_specs.yml")["argument_specs"]["main"]
    assert specification["short_description"]
    assert all(option.get("description") for option in specification["options"].values())


@in_each_role
def test_the_page_of_a_role_names_it(role):
    assert (role / "README.md").read_text().startswith(f"# {role.name}\n")


@in_each_role
def test_tasks_are_sentences(role):
    for task in tasks_of(role):
        assert task["name"].startswith(VERBS), task["name"]


@in_each_role
def test_only_builtin_and_own_modules_are_used(role):
    own = {path.stem for path in (PLAYBOOKS / "library").glob("*.py")}
    for task in tasks_of(role):
        (module,) = set(task) - KEYWORDS
        assert module.startswith("ansible.builtin.") or module in own, module


@in_each_role
def test_nothing_reboots_resumes_or_upgrades(role):
    for task in tasks_of(role):
        text = json.dumps(task)
        assert "ansible.builtin.reboot" not in task
        assert "state=resume" not in text
        apt = task.get("ansible.builtin.apt", {})
        assert apt.get("state", "present") == "present"
        assert "upgrade" not in apt


@in_each_role
def test_files_have_modes(role):
    """Without one a file's mode depends on the umask of whoever runs the play."""
    for task in tasks_of(role):
        for module in ("template", "copy", "assemble", "blockinfile"):
            arguments = task.get(f"ansible.builtin.{module}")
            assert arguments is None or "mode" in arguments, task["name"]


@pytest.mark.parametrize(("role", "secret"), [("munge", "munge_key"), ("slurm_jwt", "slurm_jwt_secret")])
def test_every_task_that_touches_a_key_is_silent(role, secret):
    key_tasks = [
        task
        for task in tasks_of(PLAYBOOKS / "roles" / role)
        if secret in json.dumps(task.get("ansible.builtin.copy", ""))
    ]
    assert key_tasks
    assert all(task["no_log"] is True and task["diff"] is False for task in key_tasks)


def test_every_role_is_used():
    used = {
        role["role"]
        for path in PLAYBOOKS.glob("*.yml")
        for play in load(path)
        for role in play.get("roles", [])
    }
    imported = {
        task["ansible.builtin.import_role"]["name"]
        for role in ROLES
        for task in tasks_of(role)
        if "ansible.builtin.import_role" in task
    }
    assert {role.name for role in ROLES} == used | imported | {
        name for role in ROLES for name in depends(role)
    }


@in_each_role
def test_every_role_proves_the_state_it_reaches(role):
    tasks = load(role / "tasks/verify.yml")
    assert tasks
    own = {"reached_state", "slurm_accounting", "slurm_nodes"}
    judging = [
        task
        for task in tasks
        if own & set(task)
        or "failed_when" in task
        or {"ansible.builtin.assert", "ansible.builtin.command", "ansible.builtin.import_role"} & set(task)
    ]
    assert judging, "nothing in it can fail"


def test_every_proof_is_asked_on_the_hosts_that_have_the_role():
    """``playbooks/verify.yml`` asks each role's proof, where the other playbooks use the role."""
    used = {
        role["role"]: play["hosts"]
        for path in PLAYBOOKS.glob("*.yml")
        if path.name != "verify.yml"
        for play in plays_of(path)
        for role in play.get("roles", [])
    }
    proved = {
        name: play["hosts"]
        for play in plays_of(PLAYBOOKS / "verify.yml")
        for name, entry in roles_of(play.get("tasks", []))
        if entry == "verify"
    }
    assert proved == used
    through_others = {name for role in ROLES for name in proofs_of(role) | depends(role)}
    assert {role.name for role in ROLES} == set(proved) | through_others | {"verify"}


def test_a_check_proves_nothing():
    """In check mode the state is not reached yet, so no proof is asked."""
    for play in plays_of(PLAYBOOKS / "verify.yml"):
        for entry in [*play.get("tasks", []), *play.get("roles", [])]:
            assert entry["when"].startswith("not ansible_check_mode"), play["name"]


def test_every_role_can_be_left_to_the_site():
    """A cluster is adopted one role after the other: `manages` names those that may change it."""
    entries = [
        role for path in PLAYBOOKS.glob("*.yml") for play in load(path) for role in play.get("roles", [])
    ]
    assert entries
    for entry in entries:
        assert f'facility_manages is contains("{entry["role"]}")' in entry.get("when", ""), entry["role"]
    for path in PLAYBOOKS.glob("*.yml"):
        text = path.read_text()
        for name in set(re.findall(r"import_role: \{name: (\w+)", text)) - {"operating_system"}:
            assert f'facility_manages is contains("{name}")' in text, (path.name, name)


def test_no_play_targets_gateways():
    hosts = {play["hosts"] for path in PLAYBOOKS.glob("*.yml") for play in load(path) if "hosts" in play}
    assert "all" not in hosts
    assert not any("gateways" in pattern for pattern in hosts)


def test_no_play_asks_all_hosts_for_facts():
    plays = [play for path in PLAYBOOKS.glob("*.yml") for play in load(path) if "hosts" in play]
    assert plays
    assert all(play["gather_facts"] is False for play in plays)


def test_the_reference_page_names_every_role_and_playbook():
    page = (ROOT / "docs/reference/roles.md").read_text()
    for role in ROLES:
        assert f"`{role.name}`" in page
    for path in PLAYBOOKS.glob("*.yml"):
        assert f"`playbooks/{path.name}`" in page


@pytest.mark.parametrize("facility", ["rack", "workstation"])
def test_the_syntax_of_every_playbook(facility):
    playbooks = [str(path) for path in sorted(PLAYBOOKS.glob("*.yml"))]
    inventory = f"inventories/{facility}/facility.yaml"
    done = subprocess.run(
        [sys.executable, "-m", "ansible", "playbook", "--syntax-check", "-i", inventory, *playbooks],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_run_of_the_site_asks_first_whether_hosts_answer_and_says_why_not():
    """Also a run of one role: its own first task may keep its words back, and with them the reason."""
    first = load(PLAYBOOKS / "site.yml")[0]
    assert first["ansible.builtin.import_playbook"] == "validate.yml"
    (play,) = load(PLAYBOOKS / "validate.yml")
    task = play["tasks"][0]
    assert play["hosts"] == "managed"
    assert "ansible.builtin.setup" in task
    assert "always" in task["tags"]
    assert not task.get("no_log")


def test_every_role_can_be_run_alone_by_its_tag():
    plays = [play for path in PLAYBOOKS.glob("*.yml") for play in load(path)]
    roles = [role for play in plays for role in play.get("roles", [])]
    assert [role["tags"] for role in roles] == [[role["role"]] for role in roles]


def test_the_proof_of_a_role_runs_with_the_role_alone_and_with_all_proofs():
    tasks = [
        task for play in plays_of(PLAYBOOKS / "verify.yml") for task in imports_of(play.get("tasks", []))
    ]
    assert tasks
    for task in tasks:
        assert task["tags"] == [task["ansible.builtin.import_role"]["name"], "verify"]


def test_the_role_of_the_fabric_takes_every_key_of_a_fabric():
    """Ansible refuses a key that the role does not declare, on every host."""
    specification = load(PLAYBOOKS / "roles/rdma/meta/argument_specs.yml")
    declared = specification["argument_specs"]["main"]["options"]["rdma_fabric"]["options"].keys()
    assert set(Fabric.model_fields) | {"group", "vendor"} == set(declared)
