from millwright.report.build import merge_reasons


def test_reasons_that_differ_only_in_the_nodes_name_are_said_once():
    many = [((f"jwb{n:04d}",), f"the check printed no fp64_rate of jwb{n:04d}") for n in range(1, 5001)]
    assert list(merge_reasons(many)) == [("jwb[0001-5000]", "the check printed no fp64_rate of this node")]


def test_a_single_node_keeps_its_name_and_its_order():
    found = [(("n2",), "n2 took no job: drained"), (("n1",), "not run")]
    assert list(merge_reasons(found)) == [("n2", "n2 took no job: drained"), ("n1", "not run")]


def test_a_name_within_another_is_not_taken_for_the_node():
    found = [(("n1",), "n10 is down"), (("n2",), "n20 is down"), (("c",), "rack-c is down")]
    assert [reason for _, reason in merge_reasons(found)] == ["n10 is down", "n20 is down", "rack-c is down"]


def test_names_of_several_nodes_and_hostile_names_are_left_as_they_are():
    found = [(("a", "b"), "a and b differ"), (("(.*", ""), "x"), (("",), "no name")]
    assert [reason for _, reason in merge_reasons(found)] == ["a and b differ", "x", "no name"]
