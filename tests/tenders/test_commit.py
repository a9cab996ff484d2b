"""Commitments in the text of a facility file: everything else stays as it is."""

import datetime
from decimal import Decimal

import pytest
import yaml

from millwright.core.errors import BadInputError
from millwright.core.yaml_text import load_yaml
from millwright.tenders.commit import Change, Effect, write_commitments

COMMITMENT = {
    "value": Decimal("0.10"),
    "unit": "GB/s",
    "class": "scored",
    "source": 'T 1, "=1+1" <b> \\ ü 🌲',
    "kind": "read",
    "date": "2026-08-01",
}
KEY = ("partitions", "cpu", "checks", "MemoryBandwidth", "triad_bw")
CHANGE = Change("triad", KEY, COMMITMENT)


def facility(value, before="", after=""):
    return (
        f"# top ü 🌲\npartitions:\n  cpu: # first\n    checks:\n      MemoryBandwidth:\n{before}"
        f"        triad_bw:{value}\n{after}# end\n"
    )


def stated(text):
    node = load_yaml(text)
    for key in KEY:
        node = node[key]
    return node


@pytest.mark.parametrize(
    "value",
    [" null", "", " ~", "  null  # later", "   # later", " null\n        # below", "\n          null"],
)
@pytest.mark.parametrize("after", ["", "        copy_bw: null # kept\n", "  other: {nodes: n1}\n"])
def test_null_becomes_the_commitment_and_comments_stay(value, after):
    text = facility(value, after=after)
    written = write_commitments(text, (CHANGE,), "f.yaml")
    assert stated(written.text) == {**COMMITMENT, "value": 0.1}
    assert written.effects == (Effect.ADD,)
    assert [part for part in text.split() if part not in written.text.split()] in ([], ["null"], ["~"])
    kept = [line.strip() for line in text.splitlines() if "#" in line]
    comments = [f"#{line.partition('#')[2]}" for line in kept]
    assert all(comment in written.text for comment in comments)


def test_a_number_is_written_as_it_was_committed():
    assert "value: 0.10\n" in write_commitments(facility(" null"), (CHANGE,), "f.yaml").text


def test_within_braces_the_commitment_is_in_braces():
    text = "partitions: {cpu: {checks: {MemoryBandwidth: {triad_bw: null, copy_bw: null}}}} # one line\n"
    written = write_commitments(text, (CHANGE,), "f.yaml").text
    assert stated(written) == {**COMMITMENT, "value": 0.1}
    assert written.endswith("copy_bw: null}}}} # one line\n")


def test_windows_line_ends_stay():
    text = facility(" null").replace("\n", "\r\n")
    written = write_commitments(text, (CHANGE,), "f.yaml").text
    assert "\n" not in written.replace("\r\n", "")
    assert stated(written)["unit"] == "GB/s"


def test_a_file_without_a_last_line_end_is_completed():
    text = facility(" null").removesuffix("# end\n").rstrip("\n")
    assert stated(write_commitments(text, (CHANGE,), "f.yaml").text)["unit"] == "GB/s"


def test_a_second_time_nothing_changes():
    once = write_commitments(facility(" null"), (CHANGE,), "f.yaml")
    again = write_commitments(once.text, (CHANGE,), "f.yaml")
    assert again.text == once.text
    assert again.effects == (Effect.SAME,)


def refuse(text, *changes):
    with pytest.raises(BadInputError) as caught:
        write_commitments(text, changes or (CHANGE,), "f.yaml")
    return [(problem.code, problem.file) for problem in caught.value.problems]


@pytest.mark.parametrize(
    "other",
    [
        {"value": Decimal("0.11")},
        {"source": "another offer"},
        {"date": datetime.date(2026, 8, 2).isoformat()},
        {"tolerance": Decimal("0.1")},
    ],
)
def test_another_commitment_is_never_overwritten(other):
    once = write_commitments(facility(" null"), (CHANGE,), "f.yaml").text
    assert refuse(once, Change("triad", KEY, {**COMMITMENT, **other})) == [("MW7629", "f.yaml:6")]


@pytest.mark.parametrize("value", [" 7", " [1, 2]", " text", " {value: 1}", "\n          value: *x"])
def test_what_is_no_commitment_is_not_overwritten_either(value):
    text = "x: &x 1\n" + facility(value)
    assert [code for code, _ in refuse(text)] == ["MW7629"]


@pytest.mark.parametrize("value", [" *nothing", " &anchor null", " !!null null", " !!null"])
def test_a_value_that_other_places_share_is_not_replaced(value):
    text = "nothing: &nothing null\n" + facility(value)
    assert [code for code, _ in refuse(text)] == ["MW7628"]


def test_every_key_that_is_not_there_is_named():
    missing = [("partitions", "gpu", *KEY[2:]), (*KEY[:4], "copy_bw"), ("partitions",) * 5]
    found = refuse(facility(" null"), *(Change("x", key, COMMITMENT) for key in missing))
    assert found == [("MW7610", "f.yaml")] * 3


def test_a_file_that_eats_memory_is_refused():
    bomb = "a: &a [1,1,1,1,1,1,1,1,1]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
    )
    with pytest.raises(yaml.YAMLError, match="more than"):
        write_commitments(bomb, (CHANGE,), "f.yaml")
