"""Drain, wait, converge, check and give back, against a controller in memory."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millwright.adapters.ansible.events import ApplyResult, Failure, HostCounts
from millwright.core.errors import ExitCode, NotTestableError
from millwright.core.verdict import Verdict
from millwright.fleet.rollout.budget import Allowance, Budget
from millwright.fleet.rollout.journal import is_finished, open_journal
from millwright.fleet.rollout.waves import Wave
from millwright.fleet.service.drain import Owner, Purpose
from millwright.fleet.service.gate import Gate
from millwright.fleet.service.maintenance import run_maintenance
from millwright.fleet.service.node_service import Service
from millwright.fleet.service.upkeep import Fate, Upkeep
from millwright.verdicts.admission import Admission

from .slurm_stand_in import StandIn

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
NAMES = ("n1", "n2", "n3", "n4")
OWNER = Owner(Purpose.MAINTENANCE, "20261124T140000Z-00000000")


class Site:
    """A site whose nodes converge and measure as a test says."""

    def __init__(self, verdicts=None, states=None, **options):
        self.slurm = StandIn(NAMES)
        self.verdicts, self.states = verdicts or {}, states or {}
        self.measured, self.converged, self.waits = [], [], []
        service = Service("rack", self.slurm)
        self.gate = Gate(service, OWNER, "mwbench", self.judge, self.wait)
        defaults = {
            "service": service,
            "owner": OWNER,
            "what": "",
            "converge": self.converge,
            "gate": self.gate,
            "jobs_limit_s": 10.0,
            "gives_back_busy": False,
            "takes_over": (),
            "on_step": lambda *_: None,
        }
        self.upkeep = Upkeep(**{**defaults, **options})

    def wait(self, seconds):
        self.waits.append(seconds)

    def converge(self, nodes):
        self.converged.append(tuple(nodes))
        assert not self.slurm.open_nodes() & set(nodes), "changed while users' jobs could start"
        found = {node: self.states.get(node, "ok") for node in nodes}
        counts = tuple(
            HostCounts(node, 3, 0, int(state == "failed"), int(state == "unreachable"))
            for node, state in found.items()
        )
        failures = tuple(Failure(node, "Ensure x", state) for node, state in found.items() if state != "ok")
        return ApplyResult(counts, failures, (), 0, None, 1.0)

    def judge(self, nodes, reservation):
        self.measured.append((tuple(nodes), reservation))
        assert not self.slurm.open_nodes() & set(nodes), "measured while users' jobs could start"
        found = {}
        for node in nodes:
            verdicts = self.verdicts.get(node, [Verdict.PASS])
            verdict = verdicts.pop(0) if len(verdicts) > 1 else verdicts[0]
            if verdict is NotTestableError:
                raise NotTestableError("the harness is gone", code="MW9001")
            found[node] = Admission(node, verdict, (f"it is {verdict}",))
        return found

    def fates(self, nodes=NAMES):
        return {line.node: line.fate for line in self.upkeep.round("wave 1", nodes, self.wait)}


def test_a_good_node_is_back_in_service_and_nothing_is_left_behind():
    site = Site()
    assert set(site.fates().values()) == {Fate.IN_SERVICE}
    assert site.slurm.open_nodes() == set(NAMES)
    assert site.slurm.reservations == {}
    assert site.measured == [(NAMES, f"millwright-maintenance-{OWNER.run_id}")]


def test_what_an_admin_drained_stays_drained_untouched():
    site = Site()
    site.slurm.admin_drains("n2", "fan $(id)")
    assert site.fates()["n2"] is Fate.LEFT_ALONE
    assert site.slurm.reason("n2") == "fan $(id)"
    assert site.converged == [("n1", "n3", "n4")]
    assert site.slurm.open_nodes() == {"n1", "n3", "n4"}


def test_what_somebody_else_reserved_is_left_untouched_and_the_way_out_is_told():
    site = Site()
    site.slurm.reservations["course"] = {"n2"}
    site.slurm.told_of["course"] = "StartTime=2026-12-01T08:00:00 EndTime=2026-12-01T18:00:00 Users=ada,bea"
    found = {line.node: line for line in site.upkeep.round("wave 1", NAMES, site.wait)}
    assert {node for node, line in found.items() if line.fate is Fate.IN_SERVICE} == {"n1", "n3", "n4"}
    assert found["n2"].fate is Fate.LEFT_ALONE
    said = found["n2"].message
    assert said.startswith("in reservation course of ada,bea, 2026-12-01T08:00:00 to 2026-12-01T18:00:00")
    assert "scontrol update reservationname=course nodes-=n2" in said
    assert site.slurm.reason("n2") == ""
    assert site.converged == [("n1", "n3", "n4")]


def test_what_is_not_checked_needs_no_reservation_of_its_own():
    site = Site(gate=None)
    site.slurm.reservations["maintenance"] = {"n1"}
    assert site.fates(("n1",)) == {"n1": Fate.IN_SERVICE}


def test_a_reservation_made_meanwhile_holds_the_nodes_with_slurms_own_words():
    site = Site()
    converge = site.converge

    def reserve_and_converge(nodes):
        site.slurm.reservations["course"] = {"n2"}
        return converge(nodes)

    object.__setattr__(site.upkeep, "converge", reserve_and_converge)
    found = site.upkeep.round("wave 1", NAMES, site.wait)
    assert {line.fate for line in found} == {Fate.HELD}
    assert "overlaps with another reservation" in found[0].message
    assert site.slurm.open_nodes() == set()


def test_a_slow_node_is_quarantined_only_after_a_repeat():
    site = Site({"n1": [Verdict.FAIL], "n2": [Verdict.FAIL, Verdict.PASS]})
    fates = site.fates()
    assert (fates["n1"], fates["n2"]) == (Fate.QUARANTINED, Fate.HELD)
    assert [nodes for nodes, _ in site.measured] == [NAMES, ("n1", "n2")]
    assert site.slurm.reason("n1").startswith(f"millwright:quarantine:{OWNER.run_id} FAIL: ")
    assert site.slurm.reason("n2").startswith(f"millwright:maintenance:{OWNER.run_id} INCONCLUSIVE: ")
    assert site.slurm.open_nodes() == {"n3", "n4"}


@pytest.mark.parametrize(("admits", "fate"), [(False, Fate.HELD), (True, Fate.IN_SERVICE)])
def test_too_few_peers_let_nobody_in_unasked(admits, fate):
    site = Site({"n1": [Verdict.INCONCLUSIVE]})
    gate = Gate(site.gate.service, OWNER, "mwbench", site.judge, site.wait, admits_inconclusive=admits)
    site = Site({"n1": [Verdict.INCONCLUSIVE]}, gate=gate, service=gate.service)
    site.slurm = gate.service.controller
    assert site.fates()["n1"] is fate


def test_a_check_that_could_not_run_holds_the_nodes_and_quarantines_nobody():
    site = Site({"n1": [NotTestableError]})
    assert set(site.fates().values()) == {Fate.HELD}
    assert site.slurm.open_nodes() == set()
    assert all("NOT MEASURED" in site.slurm.reason(node) for node in NAMES)


@pytest.mark.parametrize(("gives_back", "open_nodes"), [(False, set()), (True, {"n1"})])
def test_jobs_are_waited_for_and_never_ended(gives_back, open_nodes):
    site = Site(gives_back_busy=gives_back)
    site.slurm.nodes["n1"]["states"] = {"MIXED"}
    fates = site.fates(("n1",))
    assert fates == {"n1": Fate.BUSY}
    assert sum(site.waits) == 10.0
    assert site.converged == []
    assert site.slurm.open_nodes() & {"n1"} == open_nodes


def test_nodes_that_do_not_converge_stay_drained_by_their_owner():
    site = Site(states={"n1": "failed", "n2": "unreachable"})
    fates = site.fates()
    assert (fates["n1"], fates["n2"], fates["n3"]) == (Fate.FAILED, Fate.UNREACHABLE, Fate.IN_SERVICE)
    assert site.slurm.reason("n1") == str(OWNER)
    assert site.slurm.open_nodes() == {"n3", "n4"}


def test_a_silent_node_is_not_measured():
    site = Site()
    site.slurm.nodes["n1"]["states"] = {"IDLE", "NOT_RESPONDING"}
    fates = site.fates(("n1", "n2"))
    assert fates == {"n1": Fate.HELD, "n2": Fate.IN_SERVICE}
    assert site.measured[0][0] == ("n2",)


def test_commissioning_takes_over_a_quarantine_but_no_admins_drain():
    site = Site(takes_over=("quarantine",))
    site.slurm.admin_drains("n1", "millwright:quarantine:r0 FAIL: slow")
    site.slurm.admin_drains("n2", "fan")
    fates = site.fates()
    assert (fates["n1"], fates["n2"]) == (Fate.IN_SERVICE, Fate.LEFT_ALONE)


def test_without_checks_a_node_goes_back_right_away():
    site = Site(gate=None)
    assert site.fates(("n1",)) == {"n1": Fate.IN_SERVICE}
    assert site.measured == []


VERDICTS = st.lists(st.sampled_from([*Verdict, NotTestableError]), min_size=1, max_size=3)
STATES = st.sampled_from(["ok", "failed", "unreachable"])


@given(
    verdicts=st.fixed_dictionaries(dict.fromkeys(NAMES, VERDICTS)),
    states=st.fixed_dictionaries(dict.fromkeys(NAMES, STATES)),
    admin=st.sets(st.sampled_from(NAMES)),
)
def test_no_node_is_in_service_without_a_pass_whatever_happens(verdicts, states, admin):
    site = Site({name: list(given) for name, given in verdicts.items()}, states)
    for name in admin:
        site.slurm.admin_drains(name, "an admin's")
    fates = site.fates()
    in_service = {name for name, fate in fates.items() if fate is Fate.IN_SERVICE}
    assert site.slurm.open_nodes() == in_service
    assert site.slurm.reservations == {}
    for name in NAMES:
        if name in admin:
            assert site.slurm.reason(name) == "an admin's"
        elif name in in_service:
            assert states[name] == "ok"
            assert verdicts[name][0] is Verdict.PASS


WAVES = (Wave("canary", ("n1",), is_trial=True), Wave("wave 1", ("n2", "n3")), Wave("wave 2", ("n4",)))
TIGHT = Budget(Allowance(0), Allowance(0))


@pytest.fixture
def journal(tmp_path):
    return open_journal(tmp_path, "maintain", OWNER.run_id)


def run(site, journal, budget=TIGHT):
    return run_maintenance(
        WAVES, budget, journal, lambda name, nodes: site.upkeep.round(name, nodes, site.wait), lambda: NOW
    )


def test_a_canary_that_fails_stops_and_later_nodes_were_never_drained(journal):
    site = Site({"n1": [Verdict.FAIL]})
    outcome = run(site, journal)
    assert outcome.exit_code is ExitCode.FAIL
    assert [line.fate for line in outcome.lines] == [
        Fate.QUARANTINED,
        Fate.WAITING,
        Fate.WAITING,
        Fate.WAITING,
    ]
    assert site.slurm.open_nodes() == {"n2", "n3", "n4"}


def test_a_run_killed_while_measuring_leaves_no_node_open_and_goes_on(journal):
    class Killed(BaseException):
        pass

    site = Site()
    inner = site.upkeep.gate.judge

    def die(nodes, reservation):
        if "n2" in nodes:
            raise Killed
        return inner(nodes, reservation)

    object.__setattr__(site.gate, "judge", die)
    with pytest.raises(Killed):
        run(site, journal)
    assert site.slurm.open_nodes() == {"n1", "n4"}
    assert not is_finished(journal)
    object.__setattr__(site.gate, "judge", inner)
    outcome = run(site, journal)
    assert [line.fate for line in outcome.lines] == [Fate.IN_SERVICE] * 4
    assert site.converged == [("n1",), ("n2", "n3"), ("n2", "n3"), ("n4",)]
    assert site.slurm.open_nodes() == set(NAMES)
    assert is_finished(journal)


def test_a_killed_process_that_could_not_tidy_up_leaves_a_reservation_that_it_finds_again(journal):
    """SIGKILL between undrain and verdict: the reservation keeps users out until the run goes on."""
    site = Site()
    site.upkeep.service.drain(("n1",), OWNER)
    site.upkeep.service.reserve(("n1",), OWNER, "mwbench")
    site.upkeep.service.resume(("n1",), [str(OWNER)])
    assert "n1" not in site.slurm.open_nodes()
    assert site.fates(("n1",)) == {"n1": Fate.IN_SERVICE}
    assert site.slurm.reservations == {}
