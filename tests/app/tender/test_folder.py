"""Which folder a command means by the name of a tender."""

import pytest

import worked_tender as worked
from millwright.app.tender.folder import tender_folder
from millwright.core.errors import BadInputError


def test_a_tender_is_named_by_folder_file_or_facility(tmp_path):
    assert tender_folder(str(worked.WORKED)) == worked.WORKED
    assert tender_folder(str(worked.WORKED / "tender.yaml")) == worked.WORKED
    assert tender_folder("lighthouse") == worked.WORKED


@pytest.mark.parametrize(
    ("named", "text"),
    [("ligthouse", "did you mean lighthouse?"), ("rack", "one of lighthouse"), ("a\x1b[0m", "u001b")],
)
def test_another_name_is_refused(named, text):
    with pytest.raises(BadInputError, match="MW7611") as caught:
        tender_folder(named)
    assert text in str(caught.value)
    assert str(caught.value).isprintable()
