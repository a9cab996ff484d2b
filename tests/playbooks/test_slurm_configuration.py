"""What becomes of slurmctld's files: followed, or put back, with a controller that answers as scripted."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location(
    "slurm_configuration", ROOT / "playbooks/library/slurm_configuration.py"
)
module = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(module)

GOOD, NEW, BAD = (
    b"ClusterName=a\n",
    b"ClusterName=a\nSlurmdTimeout=9\n",
    b"ClusterName=a\nSelectType=select/none\n",
)


class Host:
    """systemctl and scontrol on a host whose controller refuses ``BAD``."""

    def __init__(self, folder, log, *, works_with=None):
        self.folder, self.log, self.works_with, self.calls = folder, log, works_with, []
        self.mute = False

    def __call__(self, argv):
        self.calls.append(" ".join(argv))
        match argv:
            case ["systemctl", "is-active", *_]:
                return (0 if self.works_with else 3), "", ""
            case ["timeout", _, "scontrol", "ping"]:
                return 0, f"Slurmctld(primary) at here is {'DOWN' if self.mute else 'UP'}\n", ""
            case ["systemctl", "kill", *_]:
                self.works_with, self.mute = None, False
            case ["timeout", _, "scontrol", "show", "config"]:
                mark = "Match" if self.works_with == self.here() else "Different"
                return 0, f"HASH_VAL                = {mark}\n", ""
            case ["systemctl", "start" | "restart", _] | ["timeout", _, "scontrol", "reconfigure"]:
                return self.read()
            case ["systemctl", "stop", _] if not self.mute:
                self.works_with = None
        return 0, "", ""

    def here(self):
        return (self.folder / "slurm.conf").read_bytes()

    def read(self):
        if self.here() == BAD:
            with self.log.open("a") as stream:
                stream.write("[2026-01-01T00:00:00.000] error: a line on the way\n")
                stream.write("[2026-01-01T00:00:00.000] fatal: Can't find plugin for select/none\n")
            return 1, "", "slurm_reconfigure error: Unspecified error"
        self.works_with = self.here()
        return 0, "", ""


@pytest.fixture
def place(tmp_path):
    folder, accepted = tmp_path / "etc", tmp_path / "lib/accepted"
    folder.mkdir()
    (folder / "slurm.conf").write_bytes(GOOD)
    return folder, accepted


def controller(host, *, standby=False):
    return module.Controller(host, "here", host.log, 1, standby=standby)


def test_what_is_refused_is_put_back_with_its_reason(place, tmp_path):
    folder, accepted = place
    host = Host(folder, tmp_path / "log", works_with=GOOD)
    host.log.write_text("[2025-01-01T00:00:00.000] fatal: an old story\n")
    module.keep(controller(host), folder, accepted)
    (folder / "slurm.conf").write_bytes(BAD)
    assert controller(host).start_following() == "fatal: Can't find plugin for select/none"
    said = module.put_back(controller(host), folder, accepted)
    assert "jobs go on" in said
    assert host.here() == GOOD
    assert (tmp_path / "lib/refused/slurm.conf").read_bytes() == BAD
    assert host.works_with == GOOD


def test_a_refusal_by_a_controller_that_was_down_starts_it_with_the_earlier_files(place, tmp_path):
    folder, accepted = place
    host = Host(folder, tmp_path / "log")
    module.accept(module.read_files(folder), accepted)
    (folder / "slurm.conf").write_bytes(BAD)
    assert controller(host).start_following()
    assert "jobs go on" in module.put_back(controller(host), folder, accepted)
    assert host.works_with == GOOD


def test_a_controller_that_is_mute_after_a_refusal_is_started_anew(place, tmp_path, monkeypatch):
    """Another controller that answers for the cluster must not hide that."""
    monkeypatch.setattr(module, "RESUME_S", 0)
    folder, accepted = place
    host = Host(folder, tmp_path / "log", works_with=GOOD)
    module.accept(module.read_files(folder), accepted)
    (folder / "slurm.conf").write_bytes(BAD)
    assert controller(host).start_following()
    host.mute = True
    assert "jobs go on" in module.put_back(controller(host), folder, accepted)
    assert not host.mute
    assert host.calls.count("systemctl start slurmctld") == 1


def test_a_backup_whose_controller_has_other_files_says_so(place, tmp_path):
    folder, _ = place
    host = Host(folder, tmp_path / "log", works_with=GOOD)
    (folder / "slurm.conf").write_bytes(NEW)
    host.read = lambda: (0, "", "")
    assert "both have to be applied" in controller(host, standby=True).start_following()


def test_without_earlier_files_nothing_is_put_back_and_that_is_told(place, tmp_path):
    folder, accepted = place
    (folder / "slurm.conf").write_bytes(BAD)
    host = Host(folder, tmp_path / "log")
    assert "nothing could be put back" in module.put_back(controller(host), folder, accepted)
    assert host.here() == BAD


def test_a_change_is_followed(place, tmp_path):
    folder, _ = place
    host = Host(folder, tmp_path / "log", works_with=GOOD)
    (folder / "slurm.conf").write_bytes(NEW)
    assert controller(host).start_following() == ""
    assert host.works_with == NEW
    assert not any("restart" in call for call in host.calls)


def test_a_backup_is_restarted_since_it_reads_its_files_then_only(place, tmp_path):
    folder, _ = place
    host = Host(folder, tmp_path / "log", works_with=GOOD)
    (folder / "slurm.conf").write_bytes(NEW)
    assert controller(host, standby=True).start_following() == ""
    assert "systemctl restart slurmctld" in host.calls


def test_files_of_an_interrupted_run_are_not_taken_for_working_ones(place, tmp_path):
    folder, accepted = place
    host = Host(folder, tmp_path / "log", works_with=GOOD)
    module.keep(controller(host), folder, accepted)
    (folder / "slurm.conf").write_bytes(BAD)
    module.keep(controller(host), folder, accepted)
    assert (accepted / "slurm.conf").read_bytes() == GOOD


class Doubled(Host):
    """A host whose slurmctld writes a number down at its first start, and then is told another one."""

    def __init__(self, folder, log, state):
        super().__init__(folder, log)
        self.name = state / "clustername"

    def read(self):
        again = self.calls.count("systemctl start slurmctld") > 1
        if again and not self.name.exists():
            return super().read()
        if not again and not self.name.exists():
            self.name.write_text("a|1")
        with self.log.open("a") as stream:
            stream.write(
                "[2026-01-01T00:00:00.000] fatal: CLUSTER ID MISMATCH.\nStarted with 1, should be 2.\n"
            )
        return 1, "", ""


def test_a_first_start_that_was_told_two_numbers_is_made_once_more(place, tmp_path):
    folder, _ = place
    host = Doubled(folder, tmp_path / "log", tmp_path)
    assert controller(host).start_following(str(tmp_path)) == ""
    assert host.calls.count("systemctl start slurmctld") == 2


def test_the_number_of_a_state_that_was_there_before_is_left_alone(place, tmp_path):
    folder, _ = place
    (tmp_path / "clustername").write_text("a|1")
    host = Doubled(folder, tmp_path / "log", tmp_path)
    assert "should be 2" in controller(host).start_following(str(tmp_path))
    assert (tmp_path / "clustername").read_text() == "a|1"
    assert host.calls.count("systemctl start slurmctld") == 1


def test_a_file_that_was_not_there_goes_again(place):
    folder, accepted = place
    module.accept(module.read_files(folder), accepted)
    (folder / "topology.conf").write_text("SwitchName=a Nodes=b\n")
    module.write_files(folder, module.read_files(accepted))
    assert not (folder / "topology.conf").exists()


def test_the_record_of_jobs_moves_with_its_place_and_only_once(place, tmp_path):
    folder, _ = place
    host = Host(folder, tmp_path / "log", works_with=GOOD)
    new = tmp_path / "shared"
    new.mkdir()
    controller(host).move_state("/old", str(new))
    assert host.calls == ["systemctl stop slurmctld", f"cp --archive /old/. {new}"]
    (new / "clustername").touch()
    host.calls.clear()
    controller(host, standby=True).move_state("/old", str(new))
    assert host.calls == ["systemctl stop slurmctld"]


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("[a] error: one\n[b] error: one\n[c] done\n", "error: one"),
        ("[a] done\n", "done"),
        (
            "[a] fatal: OTHER ID.\nHere it is 1,\nthere 2.\n[b] bye\n",
            "fatal: OTHER ID. Here it is 1, there 2.",
        ),
        ("", ""),
    ],
)
def test_the_reason_is_taken_from_the_log(log, words):
    assert module.summarize_log(log) == words


def test_the_place_of_the_record():
    files = {"slurm.conf": b"A=1\nStateSaveLocation=/x/y\n"}
    assert module.state_folder(files) == "/x/y"
    assert module.state_folder({"slurm.conf": None}) == ""
