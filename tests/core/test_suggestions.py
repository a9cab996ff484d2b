"""Suggestions for mistyped words."""

import pytest

from millwright.core.suggestions import did_you_mean

CHECKS = ["MemoryBandwidth", "Gemm", "MpiAllReduce"]


@pytest.mark.parametrize(
    ("word", "suggested"),
    [
        ("Gem", "Gemm"),
        ("gemm", "Gemm"),
        ("MemoryBandwith", "MemoryBandwidth"),
        ("mpiallreduce", "MpiAllReduce"),
    ],
)
def test_the_closest_known_word_is_suggested_whatever_its_case(word, suggested):
    assert did_you_mean(word, CHECKS) == f"; did you mean {suggested}?"


def test_nothing_is_suggested_for_another_word():
    assert did_you_mean("Linpack", CHECKS) == ""
    assert did_you_mean("Gem", []) == ""
