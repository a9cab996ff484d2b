from millwright.report.exhibits import exhibit_labels


def test_neighbours_are_cited_as_a_span_that_leads_to_the_first():
    numbers = {name: number for number, name in enumerate("abcdef", start=1)}
    assert exhibit_labels(["e", "a", "c", "b", "a"], numbers) == [("E1\N{EN DASH}E3", "e1"), ("E5", "e5")]


def test_a_file_without_a_number_is_cited_by_its_path():
    assert exhibit_labels(["x/y"], {}) == [("x/y", "")]
