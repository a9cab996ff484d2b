"""A case that ended is described in the words of verdicts, not in ReFrame's."""

import pytest

from millwright.adapters.reframe.process import CaseEvent
from millwright.app.measure.case_lines import describe_end


@pytest.mark.parametrize(
    ("result", "phase", "words"),
    [
        ("OK", "", "measured"),
        ("FAIL", "performance", "measured"),
        ("FAIL", "sanity", "NOT MEASURED (failed in sanity)"),
        ("FAIL", "", "NOT MEASURED (failed)"),
        ("ABORT", "", "NOT MEASURED (aborted)"),
        ("XPASS", "", "NOT MEASURED (passed although ReFrame expected a failure)"),
    ],
)
def test_how_a_case_ended(result, phase, words):
    assert describe_end(CaseEvent("Gemm", "cpu", result, 1, 1, phase=phase)) == words
