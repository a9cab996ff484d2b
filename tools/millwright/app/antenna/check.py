"""``millwright antenna check``: prove that users get in and run jobs, and that nobody else does."""

from collections.abc import Callable
from typing import Literal

from millwright.antennas.proof.check import check_antennas, plan_check
from millwright.antennas.proof.proofs import Proof, exit_code_of
from millwright.antennas.rollout.apply import chosen_antennas
from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.core.places import facility_file, state_folder
from millwright.core.verdict import Verdict
from millwright.facility import load_facility

STEP = "antennas"


class ProofRow(Part):
    """One statement about an antenna, and whether it holds."""

    antenna: str
    user: str | None
    """The user concerned; null for a statement about the gateway."""
    name: str
    outcome: Verdict
    detail: str
    """The reason, with text of the hosts as they sent it."""

    @property
    def subject(self) -> str:
        """The antenna or user concerned."""
        return self.antenna if self.user is None else f"{self.antenna}/{self.user}"


class AntennaCheck(Document):
    """All proofs of a check."""

    format: Literal["millwright-antenna-check/1"] = "millwright-antenna-check/1"
    facility: str
    exit_code: int
    proofs: tuple[ProofRow, ...]


def check(
    context: Context,
    facility: str,
    antenna: str | None,
    access_mode: str | None,
    *,
    on_proof: Callable[[ProofRow], None] = lambda _: None,
) -> AntennaCheck:
    """Make every proof of one antenna, or of all; ``on_proof`` receives each as soon as it is made.

    The jobs run in ``access_mode``, or each account's own if None. Raises :exc:`BadInputError` for an
    unknown antenna or access mode and :exc:`NotTestableError` if no gateway can be asked at all.
    """
    described = load_facility(facility_file(facility))
    names = chosen_antennas(described, antenna)
    state = state_folder(described.name)
    inputs = plan_check(described, state=state, now=context.now(), access_mode=access_mode)
    context.progress.step(STEP, "asking the gateways")
    proofs: list[Proof] = []
    for proof in check_antennas(described, names, inputs, lambda line: context.progress.step(STEP, line)):
        proofs.append(proof)
        on_proof(_row(proof))
    proofs.sort(key=lambda proof: names.index(proof.antenna))
    return AntennaCheck(
        facility=described.name,
        exit_code=int(exit_code_of(proofs)),
        proofs=tuple(_row(proof) for proof in proofs),
    )


def _row(proof: Proof) -> ProofRow:
    return ProofRow(
        antenna=proof.antenna, user=proof.user, name=proof.name, outcome=proof.outcome, detail=proof.detail
    )
