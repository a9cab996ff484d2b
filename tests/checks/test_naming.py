"""One name of a variant, however ReFrame or a facility file writes it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millwright.checks.naming import (
    KEY,
    join_parameters,
    name_variant,
    split_case,
    split_key,
    split_parameters,
    variant_pattern,
)


@pytest.mark.parametrize(
    ("case", "found"),
    [
        ("Gemm", ("Gemm", "")),
        ("MemoryBandwidth %size=L2", ("MemoryBandwidth", "size=L2")),
        ("MemoryBandwidth %size=L2 %precision=fp64", ("MemoryBandwidth", "precision=fp64,size=L2")),
        ("Gemm %.repeat_no=3", ("Gemm", "")),
        ("build %kind=fast ~rack:cpu+gnu", ("build", "kind=fast")),
        ("Osu %benchmark=osu_bw (1,2) %n=1", ("Osu", "benchmark=osu_bw (1%2C2),n=1")),
    ],
)
def test_names_of_cases(case, found):
    assert split_case(case) == found


@pytest.mark.parametrize("key", ["A%b=1%c=2", "A %c=2 %b=1", "A%c=2 %b=1"])
def test_a_variant_has_one_name_in_whatever_order_and_spacing(key):
    assert re.fullmatch(KEY, key)
    assert name_variant(*split_key(key)) == "A %b=1 %c=2"


@given(
    st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True), st.text(max_size=8).map(str.strip))
)
def test_parameters_come_back_from_their_canonical_form(values):
    assert split_parameters(join_parameters(values)) == values


def test_only_the_variant_itself_is_selected():
    """ReFrame matches its names without spaces."""
    pattern = re.compile(variant_pattern("Stream", "precision=fp 64,size=L2"))
    assert pattern.search("Stream%size=L2%precision=fp64")
    assert pattern.search("Stream%precision=fp64%size=L2%.repeat_no=1")
    assert not pattern.search("Stream%size=L20%precision=fp64")
    assert not pattern.search("Stream%size=L2")
    assert not pattern.search("Streams%size=L2%precision=fp64")


def test_a_check_alone_is_its_variant_without_parameters():
    pattern = re.compile(variant_pattern("Stream", ""))
    assert pattern.search("Stream")
    assert pattern.search("Stream%.repeat_no=1")
    assert not pattern.search("Stream%size=L2")
    assert not pattern.search("Streams")
