"""The callback's words for a failure; its events are in tests/readers/test_ansible.py."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("progress", ROOT / "playbooks/callback_plugins/progress.py")
progress = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(progress)

SECOND_ITEM = {"failed": True, "msg": "non-zero return code", "stderr": "no home on c2\n", "rc": 1}


DEAD_MODULE = """Traceback (most recent call last):
  File "master:/basic.py", line 1780, in atomic_move
    shutil.copy(source, target)
OSError: [Errno 28] No space left on device: b'/etc/x'

The above exception was the direct cause of the following exception:

Exception: Failed to replace '/etc/x'.
"""


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"msg": "no space left"}, "no space left"),
        (SECOND_ITEM, "non-zero return code\nno home on c2"),
        ({"results": [{"failed": False, "msg": "fine"}, SECOND_ITEM]}, "non-zero return code\nno home on c2"),
        ({"msg": "All items completed", "results": []}, "All items completed"),
        ({"msg": "same", "stderr": "same"}, "same"),
        ({"censored": "hidden: no_log was given"}, "hidden: no_log was given"),
        ({"msg": "", "stdout": "cpu\n"}, "cpu\n"),
        (
            {"msg": "No start of json char found", "module_stderr": DEAD_MODULE},
            "No start of json char found\nOSError: [Errno 28] No space left on device: b'/etc/x'\n"
            "Exception: Failed to replace '/etc/x'.",
        ),
        ({}, ""),
    ],
)
def test_message(values, message):
    assert progress.message_of(values) == message


def test_a_flood_of_text_is_cut():
    assert len(progress.message_of({"msg": "x" * 100_000})) == 2000
