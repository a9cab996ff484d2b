"""Whatever a text holds, reading it as YAML succeeds within limits or raises YAMLError."""

import contextlib
import datetime

import pytest
import yaml
from hypothesis import given, strategies

from millwright.core.yaml_text import MAX_CHARACTERS, load_yaml

WORDS = [
    ": ",
    "- ",
    "\n",
    " ",
    "[",
    "]",
    "{",
    "}",
    "a",
    "b",
    "&a ",
    "*a",
    "!!int ",
    "2026-02-31",
    "'",
    '"',
    "9",
    ".",
    "<<",
    "#",
    "|",
]


@given(strategies.text() | strategies.lists(strategies.sampled_from(WORDS)).map("".join))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(yaml.YAMLError):
        load_yaml(text)


def test_a_document_is_read():
    text = "a: &x [1, 2.5, ~, yes]\nb: *x\nc: 2026-11-30\n"
    values = [1, 2.5, None, True]
    assert load_yaml(text) == {"a": values, "b": values, "c": datetime.date(2026, 11, 30)}


REFUSED = {
    "the same key": "a: 1\na: 2",
    "deep flow": "a: " + "[" * 100_000,
    "deep blocks": "\n".join(" " * depth + f"k{depth}:" for depth in range(1500)),
    "many digits": "a: " + "9" * 100_000,
    "a day that does not exist": "a: 2026-02-31",
    "no integer": "a: !!int b",
    "no time": "a: !!timestamp b",
    "no boolean": "a: !!bool b",
    "a lone surrogate": "a: '\ud800'",
    "an object of Python": "a: !!python/object:os.system {}",
    "itself": "a: &a [*a]",
    "itself, further down": "a: &a {b: {c: *a}}",
    "aliases of aliases": "".join(
        f"k{level}: &k{level} [{', '.join([f'*k{level - 1}' if level else 'x'] * 10)}]\n"
        for level in range(9)
    ),
    "a key that is a mapping": "? {a: b}\n: c",
    "two documents": "--- 1\n--- 2",
    "too long": "#" * (MAX_CHARACTERS + 1),
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_what_can_not_be_held_is_refused(text):
    with pytest.raises(yaml.YAMLError):
        load_yaml(text)
