"""Whatever a text holds, reading it as JSON succeeds or raises ValueError."""

import contextlib

import pytest
from hypothesis import given, strategies

from millwright.core.json_text import load_json


@given(strategies.text() | strategies.binary())
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(ValueError):
        load_json(text)


def test_a_document_is_read():
    assert load_json('{"a": [1, 2.5, null]}') == {"a": [1, 2.5, None]}


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 200_000, "9" * 100_000])
def test_depth_and_length_are_errors_of_the_text(text):
    with pytest.raises(ValueError, match=r"nested|digits"):
        load_json(text)
