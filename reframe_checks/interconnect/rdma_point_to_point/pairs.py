"""Which nodes measure with which: every pair of neighbours, in two rounds in which nobody is in two pairs."""


def neighbours(nodes):
    """Two rounds of pairs: first and second, third and fourth; then second and third, and so on.

    A node within the list is measured with both of its neighbours, so that a slow one can be told from
    the partner that it spoils.
    """
    return [[tuple(nodes[i : i + 2]) for i in range(start, len(nodes) - 1, 2)] for start in (0, 1)]
