"""Events of a playbook as steps of a progress display."""

from collections.abc import Sequence

from millwright.adapters.ansible.events import Event
from millwright.core.progress import Progress
from millwright.fleet.rollout.host_lines import HostLine
from millwright.fleet.rollout.run_waves import Step
from millwright.fleet.rollout.waves import Wave


class PlaybookProgress:
    """Turns events into one step a play, whose detail is the task that is running."""

    def __init__(self, progress: Progress, *, names_waves: bool = False) -> None:
        self._progress = progress
        self._play = ""
        self._wave = ""
        self._changed, self._results = 0, 0
        self._names_waves = names_waves

    def report_wave(self, step: Step, wave: Wave, lines: Sequence[HostLine]) -> None:
        """Name the wave that is running, and report how it ended."""
        if not self._names_waves:
            return
        self._wave = f"{wave.name}: "
        if step is Step.ENDED:
            states = [str(line.state) for line in lines]
            counted = (f"{states.count(state)} {state}" for state in dict.fromkeys(states))
            self._progress.done(wave.name, ", ".join(counted))

    def __call__(self, event: Event) -> None:
        """Handle one event of a run."""
        kind = event["event"]
        if kind in {"play", "stats"}:
            if self._results:  # a play without hosts of this wave has no results and is not worth a line
                self._progress.done(
                    self._play, f"{self._changed} changed" if self._changed else "as declared"
                )
            name = str(event.get("name", ""))
            self._play = self._wave + name if name else ""
            self._changed, self._results = 0, 0
        if kind == "task":
            self._progress.step(self._play, str(event["name"]))
        self._results += kind == "result"
        self._changed += event.get("status") == "changed"
