import pytest

from millwright.report.text import in_css_string, inline, plain


@pytest.mark.parametrize(
    "code", [0x00, 0x07, 0x1B, 0x85, 0x200B, 0x200F, 0x202E, 0x2066, 0x2069, 0xFEFF, 0xD800]
)
def test_what_hides_or_turns_text_is_shown_as_replaced(code):
    assert plain(f"a{chr(code)}b") == "a\ufffdb"


def test_ordinary_text_of_any_script_is_unchanged():
    for text in ("Zürich", "Ελλάδα", "日本", "tab\tand\nline", "e\u0301", "👩\u200d🔬"):
        assert plain(text) == text


def test_text_from_right_to_left_is_kept_apart_in_a_sentence():
    assert inline("\u05d0\u05d1") == "\u2068\u05d0\u05d1\u2069"
    assert inline("abc") == "abc"


def test_nothing_ends_a_css_string():
    assert set(in_css_string("\"'\\}</style>\n\u202e x")) <= set("\\0123456789abcdefghijklmnopqrstuvwxyz")
