"""What a host is sent at a revocation: it runs as it is, and says what is wrong."""

import subprocess
import sys

import pytest

from millwright.app.antenna import push as module
from millwright.app.antenna.push import program, push_revocations
from millwright.core.errors import FailedError, NotTestableError
from millwright.core.places import facility_file
from millwright.facility import load_facility


def run(text, path):
    return subprocess.run(
        [sys.executable, "-I", "-S", "-"],
        input=program(text, str(path), ()),
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_program_puts_the_list_in_place(tmp_path):
    path = tmp_path / "it's a \\ list"
    assert run("# version 1\nid: rack/coast/ada\n", path).returncode == 0
    assert path.exists()
    done = run("# version 2\n", path)
    assert done.returncode == 1
    assert done.stderr.startswith(f"{module.KEPT} id: rack/coast/ada")


@pytest.fixture
def answers(monkeypatch, tmp_path):
    """Push to hosts, of which some answer with an error; gives the order and the push."""

    def push(**failing):
        asked = []

        def answer(argv, **_):
            host = argv[argv.index("--") + 1]
            asked.append(host)
            words = failing.get(host.replace("-", "_"), "")
            return subprocess.CompletedProcess(argv, 1 if words else 0, "", words)

        monkeypatch.setattr(module.subprocess, "run", answer)
        monkeypatch.setattr(module, "krl_source", lambda _: tmp_path / "list")
        (tmp_path / "list").write_text("# version 1\n")
        file = facility_file("rack")
        return asked, lambda: push_revocations(file, load_facility(file), state=tmp_path)

    return push


def test_the_login_node_comes_first_and_every_compute_node_after_it(answers):
    asked, push = answers()
    assert push() == 4
    assert asked[0] == "rack-login"
    assert set(asked[1:]) == {"rack-c1", "rack-c2", "rack-r1"}


def test_nodes_that_do_not_answer_are_named_together(answers):
    _, push = answers(rack_c1="no route", rack_c2="no route")
    with pytest.raises(NotTestableError, match=r"rack-c\[1-2\]: no route"):
        push()


def test_a_list_that_lacks_what_a_host_knows_is_a_failure(answers):
    asked, push = answers(rack_login=f"{module.KEPT} id: rack/coast/ada")
    with pytest.raises(FailedError, match="restore"):
        push()
    assert asked == ["rack-login"]
