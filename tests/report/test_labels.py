import string

import pytest
import yaml

from millwright.core.errors import BadInputError
from millwright.report.labels import label, label_count, load_labels


def test_values_are_never_read_as_a_format():
    words = {"a": "{name} is {state}"}
    assert (
        label(words, "a", name="{state}", state="} {0} {name.__class__}")
        == "{state} is } {0} {name.__class__}"
    )


def test_counts_choose_their_form():
    words = {"n": {"one": "1 node", "other": "{count} nodes"}, "z": {"zero": "none", "other": "{count}"}}
    assert [label_count(words, "n", count) for count in (0, 1, 2)] == ["0 nodes", "1 node", "2 nodes"]
    assert label_count(words, "z", 0) == "none"


def test_an_unknown_language_names_the_known_ones(reports_folder):
    with pytest.raises(BadInputError, match="expected one of en"):
        load_labels(reports_folder, "../en")


def names_by_key(words, key=""):
    """The names in braces of every label, by its dotted key."""
    if isinstance(words, dict):
        return {k: v for name, word in words.items() for k, v in names_by_key(word, f"{key}.{name}").items()}
    return {key: {name for _, name, _, _ in string.Formatter().parse(str(words)) if name is not None}}


def find_differences(words, english):
    """Labels that a language lacks or has alone, and those that name other values than English."""
    ours, theirs = names_by_key(words), names_by_key(english)
    other = [
        key for key in ours.keys() & theirs.keys() if ours[key] != theirs[key] and not may_drop(key, ours)
    ]
    return sorted(ours.keys() ^ theirs.keys()) + sorted(other)


def may_drop(key, names):
    """The forms for none and for one need not repeat the number."""
    return key.endswith((".zero", ".one")) and names[key] <= names[f"{key.rpartition('.')[0]}.other"]


def test_every_language_has_the_keys_and_names_of_english(reports_folder):
    english = load_labels(reports_folder, "en")
    paths = list((reports_folder / "labels").glob("*.yaml"))
    assert paths
    for path in paths:
        assert find_differences(yaml.safe_load(path.read_text()), english) == [], path.name


def test_english_names_values_so_that_a_comparison_means_something(reports_folder):
    named = names_by_key(load_labels(reports_folder, "en")).values()
    assert sum(bool(names) for names in named) > 20


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ({"a": "{count} nodes of {name}", "b": {"one": "one", "other": "{count}"}}, []),
        ({"a": "nodes of {name}", "b": {"one": "1", "other": "{count}"}}, [".a"]),
        ({"a": "{count} nodes of {nam}", "b": {"one": "1", "other": "{count}"}}, [".a"]),
        ({"a": "{count} nodes of {name}", "b": {"one": "{x}", "other": "{count}"}}, [".b.one"]),
        ({"a": "{count} nodes of {name}", "b": {"one": "1", "other": "many"}}, [".b.other"]),
        ({"a": "{count} nodes of {name}", "b": {"one": "1"}}, [".b.other"]),
    ],
)
def test_a_lost_or_misspelt_name_and_a_lost_label_are_found(words, found):
    english = {"a": "{count} nodes of {name}", "b": {"one": "1", "other": "{count}"}}
    assert find_differences(words, english) == found
