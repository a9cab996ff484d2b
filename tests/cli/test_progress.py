"""Progress where nobody watches: few lines, but never silence."""

import io

import pytest
from rich.console import Console
from rich.progress import Progress, TextColumn

from millwright.cli import progress as rack_progress
from millwright.cli.progress import LiveSteps, PlainSteps


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands until it is moved."""
    now = [100.0]
    monkeypatch.setattr(rack_progress.time, "monotonic", lambda: now[0])
    return now


def test_a_line_at_the_start_one_now_and_then_and_one_at_the_end(clock):
    text = io.StringIO()
    steps = PlainSteps(Console(file=text, width=40))
    for second in range(12):
        clock[0] = 100.0 + second
        steps.step("image", f"package {second}")
    steps.done("image", "built")
    assert [line.split(maxsplit=1)[1] for line in text.getvalue().splitlines()] == [
        *("package 0", "package 6"),
        "built",
    ]


def test_what_programs_print_is_not_taken_for_markup(clock):
    text = io.StringIO()
    PlainSteps(Console(file=text)).done("image", "[red]E: [/] [link=x]")
    assert "[red]E: [/] [link=x]" in text.getvalue()
    with Progress(TextColumn("{task.fields[detail]}"), console=Console(file=text, width=80)) as bars:
        LiveSteps(bars).step("image", "[/] [/red] [bold]x")
        bars.refresh()
    assert "[/] [/red] [bold]x" in text.getvalue()


def test_a_step_that_is_done_stops_its_clock():
    with Progress(TextColumn("{task.fields[detail]}"), console=Console(file=io.StringIO())) as bars:
        steps = LiveSteps(bars)
        steps.step("image", "building")
        steps.done("image", "built")
        assert [task.finished for task in bars.tasks] == [True]
