"""People out of a directory on real hosts: who is known, who enters, whose job runs."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import rack_directory
from rack_directory import BASE, BIND_DN, SERVER, RehearsedDirectory

pytestmark = [pytest.mark.rack, pytest.mark.rehearsal]

ROOT = Path(__file__).resolve().parents[2]
RACK = ROOT / "inventories/rack"
PASSWORD = "Hosts!ask#with%this;and=this 2046"  # noqa: S105 - of a directory that lives for a test
OF_THE_VAULT = "a-vault-of-the-rehearsal"
OF_THE_HOSTS = "/etc/sssd/conf.d/50-millwright-password.conf"
JOB = "srun --account=flood --qos=emergency --partition=cpu --nodelist=rack-c1 --chdir=/tmp --time=1"
HOSTS = ("rack-login", "rack-ctl", "rack-c1")
OF_THE_GUARD = {"millwright", "guard", "millwright-guard.service"}
HOW_TO = ROOT / "docs/how-to/directory.md"
PACKAGES = "ldap-utils libnss-sss libpam-sss sssd-ldap sssd-tools sssd-common sssd-krb5-common python3-sss"


def ansible(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "ansible", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def put(provisioned_rack):
    """Write a file on a host, readable by root alone."""

    def write(host, path, text):
        command = f"umask 077 && cat > {path}"
        subprocess.run(
            ["ssh", "-F", str(provisioned_rack.ssh_config), host, command], input=text, text=True, check=True
        )

    return write


@pytest.fixture(scope="module")
def authority():
    return rack_directory.make_authority(SERVER)


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    path = tmp_path_factory.mktemp("key") / "id"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path


@pytest.fixture(scope="module")
def server(provisioned_rack, on, put, authority, key):
    """A directory with somebody who may enter and somebody who may not."""
    public = key.with_suffix(".pub").read_text().strip()
    running = RehearsedDirectory(on, put)
    people = [
        rack_directory.person("dora", 70001, public),
        rack_directory.person("evan", 70002, public),
        rack_directory.group("dora", 70001),
        rack_directory.group("evan", 70002),
        rack_directory.group("researchers", 70100, "dora"),
    ]
    try:
        running.install(authority, rack_directory.top(PASSWORD) + "".join(people))
        yield running
    finally:
        forget_the_directory(on)
        running.remove()


def forget_the_directory(on):
    """Take everything off the hosts that the role put there."""
    for host in (*HOSTS, "rack-ctl2", "rack-c2", "rack-r1"):
        on(
            host,
            "systemctl stop sssd; rm -f /etc/ssh/sshd_config.d/58-millwright-directory.conf;"
            " systemctl reload ssh; pam-auth-update --package --disable mkhomedir;"
            f" {rack_directory.APT} purge {PACKAGES}; rm -rf /etc/sssd /var/lib/sss",
            check=False,
        )
    on("rack-ctl", "sacctmgr -i delete user name=dora; rm -rf /shared/home/dora", check=False)


@pytest.fixture(scope="module")
def facility(server, authority, tmp_path_factory):
    """The rack with a directory, its password in Ansible's vault; and the environment of commands."""
    folder = tmp_path_factory.mktemp("facility")
    shutil.copytree(RACK / "group_vars", folder / "group_vars")
    (folder / "ca.pem").write_text(authority.ca)
    (folder / "vault").write_text(OF_THE_VAULT)
    environment = {
        "ANSIBLE_VAULT_PASSWORD_FILE": str(folder / "vault"),
        "MILLWRIGHT_STATE": str(folder / "state"),
    }
    vaulted = subprocess.run(
        [
            sys.executable,
            "-m",
            "ansible",
            "vault",
            "encrypt_string",
            "--stdin-name",
            "directory_bind_password",
        ],
        cwd=ROOT,
        env={**os.environ, **environment},
        input=PASSWORD,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    (folder / "group_vars" / "directory.yml").write_text(f"---\n{vaulted}\n")
    shipped = (RACK / "facility.yaml").read_text().replace("users: [ada]\n", "users: [ada, dora]\n")
    described = {
        "uris": [f"ldap://{SERVER}"],
        "base": BASE,
        "ca": {"file": "ca.pem", "fingerprint": authority.fingerprint},
        "bind_dn": BIND_DN,
        "schema": "rfc2307",
        "login_groups": ["researchers"],
        "home": "/shared/home",
        "cache_minutes": 1,
        "probe_user": "dora",
    }
    changes = f"\nmanages: [packages, directory, slurm_accounts]\ndirectory: {json.dumps(described)}\n"
    return rack_directory.facility_beside(folder, shipped, changes), environment


def millwright(facility, *arguments):
    """Exit code and everything that a command said; the password is not in it."""
    file, environment = facility
    done = subprocess.run(
        [sys.executable, "-m", "millwright", *arguments[:1], str(file), *arguments[1:]],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert PASSWORD not in said
    return done.returncode, said


@pytest.fixture(scope="module")
def enter(provisioned_rack, key):
    """Log in with the key as somebody, from this machine."""

    def run(name, host, command):
        options = [
            "-o",
            f"User={name}",
            "-o",
            f"IdentityFile={key}",
            "-o",
            "ControlPath=none",
            "-o",
            "BatchMode=yes",
        ]
        return subprocess.run(
            ["ssh", "-F", str(provisioned_rack.ssh_config), *options, "-i", str(key), host, command],
            capture_output=True,
            text=True,
            check=False,
            timeout=90,
        )

    return run


def proof(facility, *options):
    file, environment = facility
    done = ansible(
        "playbook", "-i", file, "playbooks/verify.yml", "--tags", "directory", *options, **environment
    )
    assert PASSWORD not in done.stdout + done.stderr
    return done.returncode, done.stdout + done.stderr


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.5)


def test_a_plan_names_the_change_and_not_the_password(facility):
    code, said = millwright(facility, "plan", "--limit", "rack-c1")
    assert code == 0, said
    assert "sssd" in said


def test_an_apply_with_a_password_from_the_vault(facility, on):
    code, said = millwright(facility, "apply", "--diff")
    assert code == 0, said
    for host in HOSTS:
        assert on(host, "getent passwd dora") == "dora:*:70001:70001:dora:/shared/home/dora:/bin/bash"
        assert "researchers" in on(host, "id -Gn dora").split()
        assert on(host, f"stat -c '%U %a' {OF_THE_HOSTS}") == "root 640"


def test_nothing_that_was_left_behind_holds_the_password(facility):
    file, _ = facility
    kept = [path for path in (file.parent / "state").rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if PASSWORD.encode() in path.read_bytes()]


def test_a_second_apply_changes_nothing(facility):
    code, said = millwright(facility, "apply", "--full", "--json")
    assert code == 0, said
    report, _ = json.JSONDecoder().raw_decode(said[said.index("{") :])  # progress follows on the other stream
    states = {host["host"]: host["state"] for host in report["hosts"]}
    assert set(states.values()) == {"ok"}, states


def test_who_is_of_the_group_enters_with_a_key_of_the_directory_and_finds_a_home(enter):
    done = enter("dora", "rack-login", "id -un && stat -c '%U %a' ~")
    assert done.stdout.split() == ["dora", "dora", "700"], done.stderr


def test_somebody_else_is_refused_although_the_key_is_right(enter, on):
    done = enter("evan", "rack-login", "true")
    assert done.returncode == 255
    assert on("rack-login", "/usr/local/lib/millwright/directory_keys evan").startswith("ssh-ed25519 ")


def test_nobody_of_the_directory_enters_another_host(enter):
    assert enter("dora", "rack-c1", "true").returncode == 255


def test_a_job_runs_under_that_user_on_a_node(enter):
    done = enter("dora", "rack-login", f"{JOB} id -u")
    assert done.stdout.strip() == "70001", done.stderr


def test_another_authority_is_refused_before_any_host_is_entered(facility, tmp_path):
    file, environment = facility
    other = shutil.copytree(file.parent, tmp_path / "other")
    (other / "ca.pem").write_text(rack_directory.make_authority(SERVER).ca)
    code, said = millwright((other / "facility.yaml", environment), "apply")
    assert code == 2
    assert "directory.ca.fingerprint" in said


def test_a_server_with_a_certificate_of_another_authority_is_not_believed(facility, server, authority, on):
    server.show(rack_directory.make_authority(SERVER))
    server.stop()
    server.start()
    code, said = proof(facility, "--limit", "rack-c1")
    assert code != 0
    assert "could not be asked" in said
    server.show(authority)
    server.stop()
    server.start()
    assert proof(facility, "--limit", "rack-c1")[0] == 0


def test_whom_a_host_has_met_stays_known_while_the_directory_is_away(enter, server, on, facility):
    server.stop()
    on("rack-login", "systemctl restart sssd; sss_cache -u dora")
    on("rack-c1", "systemctl restart sssd; sss_cache -u dora")
    try:
        for host in ("rack-login", "rack-c1"):
            wait_until(lambda host=host: on(host, "getent passwd dora", check=False).startswith("dora:"))
        done = enter("dora", "rack-login", f"{JOB} id -un")
        assert done.stdout.strip() == "dora", done.stderr
        code, said = proof(facility, "--limit", "rack-c1")
        assert code != 0
        assert "could not be asked" in said
    finally:
        server.start()


def test_a_name_and_an_id_that_are_somebody_elses_are_told_and_the_hosts_own_win(facility, server, key, on):
    public = key.with_suffix(".pub").read_text().strip()
    own = on("rack-c1", "getent passwd bea").split(":")[2]
    server.add(
        rack_directory.person("ada", 70003, public) + rack_directory.person("mallory", int(own), public)
    )
    code, said = proof(facility, "--limit", "rack-c1")
    assert code != 0
    said = " ".join(said.split())
    assert "in the directory" in said and "user ada has id" in said
    assert f"id {own} is user bea here and mallory in the directory" in said
    assert on("rack-login", "id -u ada") != "70003"
    assert on("rack-login", "/usr/local/lib/millwright/directory_keys ada") == ""


def test_what_stays_without_the_key_is_told_until_the_how_tos_command_has_removed_it(facility, on):
    file, environment = facility
    kept = [line for line in file.read_text().splitlines() if not line.startswith("directory: ")]
    file.write_text("\n".join(kept))
    code, said = millwright(facility, "apply")
    assert code == 0, said
    left = left_behind(facility)
    assert {"/etc/sssd/sssd.conf", OF_THE_HOSTS, "service sssd"} <= left["rack-login"] & left["rack-c1"]
    assert on("rack-c1", "getent passwd dora")
    typed = HOW_TO.read_text().split("-m ansible.builtin.shell -a '")[1].split("'\n```")[0]
    options = ("-i", file, "--become", "-m", "ansible.builtin.shell", "-a", typed)
    done = ansible("adhoc", "managed", *options, **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    still = left_behind(facility)
    assert set(still) <= {"rack-login"}, still
    assert {Path(what.split()[-1]).name for what in still["rack-login"]} <= OF_THE_GUARD
    assert on("rack-c1", "getent passwd dora", check=False) == ""
    assert on("rack-login", "getent passwd ada bea | wc -l") == "2"


def left_behind(facility):
    """What ``millwright drift`` says that the role left, by host."""
    code, said = millwright(facility, "drift", "--json")
    assert code == 0, said
    told, _ = json.JSONDecoder().raw_decode(said[said.index("{") :])
    found = {}
    for each in told["left"]:
        assert each["role"] == "directory"
        for host in each["hosts"]:
            found.setdefault(host, set()).add(each["what"])
    return found
