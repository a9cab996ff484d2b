"""A contract in a file of its own."""

import pytest

from millwright.core.errors import BadInputError
from millwright.facility.topics.contract import load_contract


def test_a_file_states_what_a_facility_may_state(tmp_path):
    path = tmp_path / "contract.yaml"
    path.write_text("{buyer: Example entity, lots: {a: {title: Lot 1}}, document: {state: issued}}")
    contract = load_contract(path)
    assert (contract.buyer, contract.lots["a"].title, contract.document.state) == (
        "Example entity",
        "Lot 1",
        "issued",
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("buyer: [1", "not YAML"),
        ("- 1", "dictionary"),
        ("byer: x", "did you mean buyer"),
        (
            "{at_stake: {amount: -1, currency: euro, basis: x, source: y, kind: read, date: 2026-01-01}}",
            "currency",
        ),
        ("document: {state: draft, superseded_by: version 2}", "draft and superseded by"),
        ("waivers: [{what: x, lot: b, reason: r, granted_by: g, date: 2026-01-01}]", "no lot 'b'"),
    ],
)
def test_a_faulty_file_is_refused_with_its_problem(tmp_path, text, problem):
    path = tmp_path / "contract.yaml"
    path.write_text(text)
    with pytest.raises(BadInputError, match=problem):
        load_contract(path)
