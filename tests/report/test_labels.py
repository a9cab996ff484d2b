import pytest
import yaml

from millwright.core.errors import BadInputError
from millwright.report.labels import load_labels, say, say_count


def test_values_are_never_read_as_a_format():
    words = {"a": "{name} is {state}"}
    assert (
        say(words, "a", name="{state}", state="} {0} {name.__class__}") == "{state} is } {0} {name.__class__}"
    )


def test_counts_choose_their_form():
    words = {"n": {"one": "1 node", "other": "{count} nodes"}, "z": {"zero": "none", "other": "{count}"}}
    assert [say_count(words, "n", count) for count in (0, 1, 2)] == ["0 nodes", "1 node", "2 nodes"]
    assert say_count(words, "z", 0) == "none"


def test_an_unknown_language_names_the_known_ones(reports_folder):
    with pytest.raises(BadInputError, match="expected one of en"):
        load_labels(reports_folder, "../en")


def test_every_language_has_the_keys_and_names_of_english(reports_folder):
    def flatten(value, key=""):
        if isinstance(value, dict):
            return {k: v for name, item in value.items() for k, v in flatten(item, f"{key}.{name}").items()}
        return {key: value}

    english = flatten(load_labels(reports_folder, "en"))
    for path in (reports_folder / "labels").glob("*.yaml"):
        assert flatten(yaml.safe_load(path.read_text())).keys() == english.keys(), path.name
