"""Which expected values a selection leaves, and what it refuses."""

import pytest

from millwright.app.measure.choice import choose
from millwright.checks.declaration import Scope
from millwright.checks.registry import shipped_checks
from millwright.core.errors import BadInputError
from millwright.core.node_sets import expand
from millwright.results.selection import Selection
from millwright.verdicts.expectations import list_expectations


@pytest.fixture
def chosen(rack_facility):
    expected = list_expectations(rack_facility, shipped_checks())

    def choose_from(**options):
        found = choose(expected, Selection(**options), rack_facility, shipped_checks(), "f.yaml")
        return expected, found

    return choose_from


def test_no_option_means_everything(chosen):
    expected, found = chosen()
    assert found == expected


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("Gemm", {"Gemm"}),
        ("Mpi*", {"MpiPointToPoint", "MpiAllReduce"}),
        ("*Bandwidth", {"MemoryBandwidth"}),
        ("[GM]em*", {"Gemm", "MemoryBandwidth"}),
    ],
)
def test_checks_are_named_or_matched(chosen, pattern, names):
    _, found = chosen(checks=(pattern,))
    assert {each.check for each in found} == names


def test_a_check_must_match_a_pattern_and_have_a_tag(chosen):
    _, found = chosen(checks=("Gemm", "Mpi*"), tags=("processor", "riscv"))
    assert {each.check for each in found} == {"Gemm"}


def test_every_unknown_name_is_listed_with_a_suggestion(chosen):
    with pytest.raises(BadInputError) as error:
        chosen(checks=("Gem", "Nonsense*"), tags=("procesor",), nodes="rack-c1,rack-d1")
    lines = str(error.value).splitlines()
    assert len(lines) == 4
    text = "\n".join(lines)
    assert "--check Gem: not expected here, expected one of " in text
    assert "; did you mean Gemm? [MW2207]" in text
    assert "--check Nonsense*: matches no expected check" in text
    assert "--tag procesor: no expected check has it" in text
    assert "did you mean processor? [MW6250]" in text
    assert "rack-d1 is no node of a partition" in text
    assert "[MW6251]" in text


@pytest.mark.parametrize("nodes", ["rack-c[1-", "a b", "$(id)", "@group", "rack-c[1-99999999999]"])
def test_text_that_is_no_node_set_is_refused(chosen, nodes):
    with pytest.raises(BadInputError, match="not a node set"):
        chosen(nodes=nodes)


def test_only_the_nodes_named_are_expected(chosen):
    expected, found = chosen(nodes="rack-c1")
    assert found
    assert {each.place for each in found} == {"rack-c1"}
    assert {each.definition.scope for each in found} == {Scope.NODE}
    assert [
        each for each in expected if each.place == "rack-c1" and each.definition.scope is Scope.NODE
    ] == list(found)


def test_a_check_of_a_whole_partition_is_narrowed_to_its_nodes(chosen):
    expected, found = chosen(nodes="rack-c[1-2]")
    whole = {each.place for each in expected if each.definition.scope is Scope.PARTITION}
    narrowed = {each.place for each in found if each.definition.scope is Scope.PARTITION}
    assert whole
    assert all(set(expand(place)) <= {"rack-c1", "rack-c2"} for place in narrowed)


def test_options_that_leave_nothing_are_refused(chosen):
    with pytest.raises(BadInputError, match="--check RiscvVector --nodes rack-c1: leave nothing to measure"):
        chosen(checks=("RiscvVector",), nodes="rack-c1")


@pytest.mark.parametrize(
    ("tier", "names"),
    [
        ("quick", {"Gemm", "MemoryBandwidth", "RiscvVector"}),
        ("soak", {"Gemm", "MemoryBandwidth", "RiscvVector", "MpiPointToPoint", "MpiAllReduce"}),
    ],
)
def test_a_tier_leaves_the_checks_that_declare_it(chosen, tier, names):
    expected, found = chosen(tier=tier)
    assert {each.check for each in found} == names
    assert found == tuple(each for each in expected if each.check in names)


def test_an_unknown_tier_names_the_known_ones(chosen):
    with pytest.raises(
        BadInputError, match=r"--tier: quik: no such tier.*quick, vetting.*mean quick.*MW6620"
    ):
        chosen(tier="quik")
