"""Which files of the run folder stand behind a number."""

from millwright.capacity.assessment import Origin, Row, Run


def cite(run: Run, row: Row) -> tuple[str, ...]:
    """Raw files of the cases that measured a row, in the order of the run folder.

    Those of the jobs on the row's nodes; where no job names one of them (a machine measured under
    another of its names), those of every case that printed the metric.
    """
    expectation = row.expectation
    origins = [
        counted.origin
        for counted in run.counted
        if (counted.origin.partition, counted.origin.check) == (expectation.partition, expectation.check)
        and expectation.metric in counted.metrics
    ]
    own = set(expectation.nodes)
    near = [origin for origin in origins if own.intersection(origin.nodes)]
    return _files(near or origins)


def _files(origins: list[Origin]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(path for origin in origins for path in origin.files))
