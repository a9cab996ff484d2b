"""A comparison as one bidder may see it: its own figures and those of the first offer.

Regulation (EU, Euratom) 2024/2509 Art. 173: a bidder learns why its offer was rejected, and the relative
advantages, price and name of the successful one; commercial interests of others are withheld.
"""

from millwright.app.tender.comparison import TenderComparison
from millwright.core.errors import BadInputError, Problem
from millwright.core.suggestions import did_you_mean
from millwright.tenders.text import printable


def redact(found: TenderComparison, bidder: str) -> TenderComparison:
    """Only what concerns a bidder and the first offer; raises :exc:`BadInputError` for an unknown bidder."""
    known = [each.bidder for each in found.offers]
    if bidder not in known:
        expected = f"one of {', '.join(known)}{did_you_mean(bidder, known)}"
        problem = "has no offer to compare"
        raise BadInputError([Problem("--for", printable(bidder), problem, expected, code="MW7668")])
    seen = {bidder, *found.winners}
    own = {"rejections": ()}
    return found.model_copy(
        update={
            "redacted_for": bidder,
            "withheld": len(set(known) - seen),
            "offers": tuple(
                each if each.bidder == bidder else each.model_copy(update=own)
                for each in found.offers
                if each.bidder in seen
            ),
            "indexes": tuple(each for each in found.indexes if each.bidder in seen),
            "ranking": tuple(each for each in found.ranking if each.bidder in seen),
            "left_out": (),
            "other_formulas": {},
            "crossings": tuple(each for each in found.crossings if {each.one, each.other} <= seen),
            "energy": tuple(each for each in found.energy if each.bidder in seen),
            "tornado": (),
            "delivered": tuple(each for each in found.delivered if each.bidder in seen),
            "order_by_index": tuple(each for each in found.order_by_index if each in seen),
            "order_by_delivered": tuple(each for each in found.order_by_delivered if each in seen),
            "abnormally_low": tuple(each for each in found.abnormally_low if each.bidder == bidder),
        }
    )
