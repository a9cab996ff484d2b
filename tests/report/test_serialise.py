import dataclasses
import hashlib
import json
from pathlib import Path

import pytest

from millwright.report.content import inert_in_html, sha256_of, to_json

GOLDEN = Path(__file__).parent / "data" / "small.json"


def test_the_file_is_exactly_the_content(small_content):
    """The content was read from the file, so writing it gives the file again, byte for byte."""
    assert to_json(small_content) == GOLDEN.read_text()


def test_a_number_that_is_none_is_refused(small_content):
    row = dataclasses.replace(small_content.capacity[0], total=float("nan"))
    with pytest.raises(ValueError, match="JSON"):
        to_json(dataclasses.replace(small_content, capacity=(row,)))


@pytest.mark.parametrize("text", ["</script><script>", "<!--", "]]>", "\u2028", "&lt;", "\ud800"])
def test_embedded_json_ends_nothing_and_means_the_same(text):
    inert = inert_in_html(json.dumps({"a": text}))
    assert json.loads(inert) == {"a": text}
    assert not set("<>&\u2028") & set(inert)


def test_the_sum_is_that_of_the_file(tmp_path, small_content):
    path = tmp_path / "report.json"
    path.write_text(to_json(small_content), encoding="utf-8", newline="\n")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256_of(to_json(small_content))
