"""Bring a rack up: complete whatever is missing, at the same time, until every node answers."""

import contextlib
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from millwright.core.errors import FailedError
from millwright.rack.boot import NodeBoot
from millwright.rack.cgroups import Hierarchies, cgroup_of
from millwright.rack.down import clear_folders, end_member
from millwright.rack.emulation import is_registered, register
from millwright.rack.files import make_folder, write_file
from millwright.rack.firewall import admit_traffic
from millwright.rack.image import build_image, images_folder
from millwright.rack.journal import Entry, Journal
from millwright.rack.kernel_limits import raise_limits
from millwright.rack.keys import make_keys
from millwright.rack.members import MIRROR, last_words, member_runs, start_member
from millwright.rack.mirror import Upstream, await_mirror, render_nginx, worker
from millwright.rack.network import make_bridge
from millwright.rack.node import launcher
from millwright.rack.parallel import run_all
from millwright.rack.plan import RackPlan
from millwright.rack.progress import Stoppable
from millwright.rack.recipe import Recipe
from millwright.rack.status import UP, RackStatus, rack_status
from millwright.rack.wheelhouse import make_wheelhouse, remove_old_wheelhouses, wheelhouse_folder

BUILD = "build"
BUILD_END_S = 2.0


@dataclass(frozen=True, slots=True)
class Site:
    """What this machine and this checkout contribute to a rack."""

    hierarchies: Hierarchies
    upstream: Upstream
    recipe: Recipe
    lock_text: str
    machine: str = platform.machine()


class RackUp:
    """One run of ``up``."""

    def __init__(self, plan: RackPlan, site: Site, journal: Journal, steps: Stoppable) -> None:
        self._plan = plan
        self._site = site
        self._journal = journal
        self._steps = steps

    def run(self) -> tuple[RackStatus, bool]:
        """Complete the rack; its status, and whether there was anything to do.

        What runs is left alone. Raises :exc:`FailedError` when something does not come up; what
        was started stays for a look and for ``down``.
        """
        before = rack_status(self._plan, self._journal)
        if before.is_down:
            clear_folders(self._plan)  # a reboot of the host ended the last life without ``down``
        else:
            self._refuse_another_plan()
        if before.is_up and self._wheels_are_current() and self._emulates_as_planned():
            return before, False
        self._make_ground()
        image = self._fetch()
        if self._plan.emulates_riscv:
            register(self._plan.name, image, self._journal)
        missing = [node.name for node in before.nodes if node.state not in UP]
        run_all([partial(self._boot, name, image) for name in missing], self._steps)
        return rack_status(self._plan, self._journal), True

    def _refuse_another_plan(self) -> None:
        noted = self._journal.names("plan")
        if noted and noted[-1] != self._plan.digest():
            text = "the rack that is up was made from another version of the facility; take it down first"
            raise FailedError(text, code="MW7032")

    def _emulates_as_planned(self) -> bool:
        return not self._plan.emulates_riscv or is_registered(self._plan.name)

    def _wheels_are_current(self) -> bool:
        wanted = wheelhouse_folder(
            self._site.lock_text, self._plan.cache, self._site.machine, self._site.recipe.python
        )
        return wanted.exists() and self._plan.wheels.resolve() == wanted.resolve()

    def _make_ground(self) -> None:
        """Folders, keys, bridge and mirror, on which everything else stands."""
        for folder in ("run", "run/nginx", "log", "shared"):
            make_folder(self._plan.state / folder, mode=0o755)
        self._journal.note(Entry("plan", self._plan.digest()))
        make_keys(self._plan)
        make_bridge(self._plan, self._journal)
        admit_traffic(self._plan, self._journal)
        raise_limits(len(self._plan.nodes), self._journal)
        if not member_runs(self._journal, MIRROR):
            self._start_mirror()

    def _start_mirror(self) -> None:
        self._steps.step(MIRROR, "starting")
        make_folder(self._plan.cache / "mirror", mode=0o755)
        run = self._plan.state / "run"
        write_file(run / "nginx.conf", render_nginx(self._plan, self._site.upstream, worker()))
        argv = ["nginx", "-c", str(run / "nginx.conf"), "-p", str(run)]
        start_member(self._plan, self._site.hierarchies, self._journal, MIRROR, argv)
        await_mirror(
            self._plan.gateway,
            lambda: member_runs(self._journal, MIRROR),
            lambda: last_words(self._plan, MIRROR),
        )
        self._steps.done(MIRROR, f"{self._plan.mirror_url} in front of {self._site.upstream.archive}")

    def _fetch(self) -> Path:
        """Image and wheels, which do not need each other."""
        image, wheels = run_all([self._image, self._wheels], self._steps)
        self._steps.done("image", image.name)
        self._serve(wheels)
        self._steps.done("wheels", f"{sum(1 for _ in wheels.glob('*.whl'))} packages")
        return image

    def _image(self) -> Path:
        noted = [images_folder(self._plan.cache) / name for name in self._journal.names("image")]
        if noted and noted[-1].exists():  # the nodes that run stand on it
            return noted[-1]
        image = build_image(
            self._site.recipe,
            self._plan.cache,
            self._plan.mirror_url,
            partial(self._steps.step, "image"),
            self._pen(),
        )
        self._journal.note(Entry("image", image.name))
        return image

    @contextlib.contextmanager
    def _pen(self) -> Iterator[list[str]]:
        """A cgroup for the build, so that a crash can't leave any of it running."""
        group = cgroup_of(self._site.hierarchies, self._plan.name, BUILD)
        end_member(group)
        self._journal.note(Entry("cgroup", BUILD))
        group.make()
        try:
            yield [*launcher(group), "env", f"no_proxy={self._plan.gateway}"]
        finally:
            end_member(group, BUILD_END_S)

    def _wheels(self) -> Path:
        report = partial(self._steps.step, "wheels")
        site = self._site
        return make_wheelhouse(site.lock_text, self._plan.cache, site.machine, site.recipe.python, report)

    def _serve(self, wheels: Path) -> None:
        link = self._plan.wheels.with_name("wheels.new")
        link.unlink(missing_ok=True)
        link.symlink_to(wheels)
        link.replace(self._plan.wheels)
        remove_old_wheelhouses(wheels, self._plan.state.parent.glob("*/run/wheels"))

    def _boot(self, name: str, image: Path) -> None:
        node = self._plan.node(name)
        boot = NodeBoot(self._plan, self._site.hierarchies, self._journal, node, self._steps)
        boot.run(image, self._site.recipe)
