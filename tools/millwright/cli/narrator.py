"""Events of a run as steps on standard error."""

from collections.abc import Sequence

from millwright.adapters.ansible.events import Event
from millwright.cli.progress import LiveSteps, PlainSteps
from millwright.fleet.rollout.host_lines import HostLine
from millwright.fleet.rollout.run_waves import Step
from millwright.fleet.rollout.waves import Wave


class Narrator:
    """Turns events into steps: one for each play, saying the task that is under way."""

    def __init__(self, steps: LiveSteps | PlainSteps, *, counts_waves: bool = False) -> None:
        self._steps = steps
        self._play = ""
        self._wave = ""
        self._changed, self._results = 0, 0
        self._counts_waves = counts_waves

    def tell(self, step: Step, wave: Wave, lines: Sequence[HostLine]) -> None:
        """Say which wave is under way, and how it ended."""
        if not self._counts_waves:
            return
        self._wave = f"{wave.name}: "
        if step is Step.ENDED:
            states = [str(line.state) for line in lines]
            counted = (f"{states.count(state)} {state}" for state in dict.fromkeys(states))
            self._steps.done(wave.name, ", ".join(counted))

    def __call__(self, event: Event) -> None:
        """Follow one event of a run."""
        kind = event["event"]
        if kind in {"play", "stats"}:
            if self._results:  # a play for hosts that are not in this wave says nothing
                self._steps.done(self._play, f"{self._changed} changed" if self._changed else "as declared")
            name = str(event.get("name", ""))
            self._play = self._wave + name if name else ""
            self._changed, self._results = 0, 0
        if kind == "task":
            self._steps.step(self._play, str(event["name"]))
        self._results += kind == "result"
        self._changed += event.get("status") == "changed"
