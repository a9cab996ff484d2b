"""The two changes of a rack, up and down, with everything this machine contributes."""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from types import FrameType

from millwright.core.errors import NotTestableError
from millwright.core.places import cache_folder, facility_file, product_root, state_folder
from millwright.core.progress import Progress
from millwright.facility.load import load_facility
from millwright.rack.apt_sources import debian_archive, proxy_here, read_sources
from millwright.rack.cgroups import Hierarchies, find_hierarchies
from millwright.rack.down import take_down
from millwright.rack.files import make_folder
from millwright.rack.host_packages import install
from millwright.rack.journal import Journal, read_boot_id
from millwright.rack.lock import exclusive
from millwright.rack.mirror import Upstream
from millwright.rack.mounts import MOUNTINFO
from millwright.rack.plan import RackPlan, plan_rack
from millwright.rack.progress import Stoppable
from millwright.rack.recipe import rack_recipe
from millwright.rack.requirements import look, missing_packages, require, what_is_missing
from millwright.rack.status import RackStatus, rack_status
from millwright.rack.up import RackUp, Site

LOCK_WAIT_S = 900.0


def open_plan(facility: str) -> RackPlan:
    """The plan of a facility, given by name or file."""
    loaded = load_facility(facility_file(facility))
    cores = sorted(os.sched_getaffinity(0))
    return plan_rack(loaded, cores, state_folder(loaded.name), cache_folder())


def open_journal(plan: RackPlan) -> Journal:
    """The journal of a rack."""
    return Journal(plan.journal, read_boot_id())


def look_at(plan: RackPlan) -> RackStatus:
    """What the rack is doing now."""
    return rack_status(plan, open_journal(plan))


def _hierarchies() -> Hierarchies:
    found = find_hierarchies(MOUNTINFO.read_text())
    if found is None:
        raise NotTestableError(
            "The rack can't run on this machine, which lacks: a mounted cgroup v2 hierarchy.", code="MW7011"
        )
    return found


def _upstream() -> Upstream:
    archive = debian_archive(read_sources())
    return Upstream(archive, proxy_here(archive, os.environ))


def _site(plan: RackPlan) -> Site:
    lock_text = (product_root() / "requirements.lock").read_text(encoding="utf-8")
    return Site(_hierarchies(), _upstream(), rack_recipe(plan.release), lock_text)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextlib.contextmanager
def _ended_in_order() -> Iterator[None]:
    """Take SIGTERM and SIGHUP like Ctrl-C, so that what runs beside us ends too."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _alone(plan: RackPlan, progress: Progress) -> Iterator[Stoppable]:
    make_folder(plan.state)
    steps = Stoppable(progress)
    with (
        _ended_in_order(),
        exclusive(plan.state / "lock", lambda text: steps.step("lock", text), LOCK_WAIT_S),
    ):
        yield steps


def change_up(plan: RackPlan, progress: Progress) -> tuple[RackStatus, bool]:
    """Bring the rack up; its status, and whether anything had to be done.

    Raises :exc:`NotTestableError` where this machine can't hold a rack, :exc:`FailedError` where
    it should have.
    """
    require(what_is_missing(look(plan.cache), needs_tun=plan.needs_tun))
    with _alone(plan, progress) as steps:
        packages = missing_packages(look(plan.cache))
        if packages:
            steps.step("host", f"installing {' '.join(packages)}")
            install(packages, lambda line: steps.step("host", line))
            steps.done("host", f"installed {' '.join(packages)}")
        make_folder(plan.cache, mode=0o755)
        return RackUp(plan, _site(plan), open_journal(plan), steps).run()


def change_down(plan: RackPlan, progress: Progress) -> bool:
    """Take the rack down; whether there was anything to do."""
    with _alone(plan, progress) as steps:
        return take_down(plan, open_journal(plan), _hierarchies(), steps)
