"""Slurm's commands at whichever controller answers; a program in place of ssh plays both hosts."""

import stat

import pytest

from millwright.adapters.slurm.controller import Controller, ControllerHost, controller_of
from millwright.core.errors import FailedError, NotTestableError
from millwright.core.places import facility_file
from millwright.facility import load_facility


def host(tmp_path, name, script):
    """A host whose every command is this shell script."""
    path = tmp_path / name
    path.write_text(f'#!/bin/sh\necho "$@" >> {path}.asked\n{script}\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return ControllerHost(name, (str(path),), becomes_root=False)


def asked(tmp_path, name):
    path = tmp_path / f"{name}.asked"
    return path.read_text().splitlines() if path.exists() else []


@pytest.mark.parametrize(
    "silence",
    [
        "exit 255",
        "echo 'Unable to contact slurm controller (connect failure)' >&2; exit 1",
        "echo 'slurm_load_node error: Slurm backup controller in standby mode' >&2; exit 1",
    ],
)
def test_the_backup_answers_while_the_controller_is_gone_and_is_asked_first_from_then_on(tmp_path, silence):
    told = []
    both = Controller([host(tmp_path, "ctl", silence), host(tmp_path, "ctl2", "echo hello")], told.append)
    assert both.run(["scontrol", "ping"]) == "hello\n"
    assert both.run(["scontrol", "ping"]) == "hello\n"
    assert (len(asked(tmp_path, "ctl")), len(asked(tmp_path, "ctl2"))) == (1, 2)
    (words,) = told
    assert words.startswith("the controller ctl did not answer")
    assert words.endswith("ctl2 answers in its place.")


def test_a_refusal_is_an_answer(tmp_path):
    refusing = host(tmp_path, "ctl", "echo 'Invalid node name' >&2; exit 1")
    both = Controller([refusing, host(tmp_path, "ctl2", "echo no")])
    with pytest.raises(FailedError, match="scontrol on ctl: Invalid node name"):
        both.run(["scontrol", "update"])
    assert asked(tmp_path, "ctl2") == []


SLOW = "echo 'slurm_load_node error: Socket timed out on send/recv operation' >&2; exit 1"


def test_a_question_that_came_while_a_controller_took_over_is_asked_once_more(tmp_path):
    script = f'[ "$(wc -l < {tmp_path}/ctl.asked)" -gt 1 ] && echo hello && exit 0; {SLOW}'
    only = Controller([host(tmp_path, "ctl", script)])
    assert only.run(["scontrol", "show", "nodes"]) == "hello\n"


def test_one_that_stays_slow_did_not_answer_and_is_given_no_order_twice(tmp_path):
    only = Controller([host(tmp_path, "ctl", SLOW)])
    with pytest.raises(NotTestableError, match="ctl did not answer: slurm_load_node error: Socket timed out"):
        only.run(["scontrol", "show", "nodes"])
    asked_before = len(asked(tmp_path, "ctl"))
    with pytest.raises(FailedError, match="Socket timed out"):
        only.run(["scontrol", "update", "nodename=n1"])
    assert len(asked(tmp_path, "ctl")) == asked_before + 1


def test_where_nobody_answers_each_says_why(tmp_path):
    both = Controller([host(tmp_path, "ctl", "echo gone >&2; exit 255"), host(tmp_path, "ctl2", "exit 255")])
    with pytest.raises(NotTestableError, match=r"ctl did not answer: gone; the controller ctl2"):
        both.run(["scontrol", "ping"])


def test_a_word_stays_one_word_in_the_remote_shell(tmp_path):
    only = Controller([host(tmp_path, "ctl", 'eval "set -- $1"; printf "%s\\n" "$3"')])
    assert only.run(["scontrol", "update", "reason=$(id) 'x' ; <b>"]) == "reason=$(id) 'x' ; <b>\n"


def test_the_facility_names_both():
    found = controller_of(load_facility(facility_file("rack")))
    assert [each.name for each in found.hosts] == ["rack-ctl", "rack-ctl2"]
