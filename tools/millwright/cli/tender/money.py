"""Amounts and numbers as text."""

from millwright.app.tender.folder import Money


def show(money: Money) -> str:
    """An amount with currency and price date."""
    at = f" at prices of {money.date}" if money.date else ""
    return f"{amount(money.amount)} {money.currency}{at}"


def amount(value: float) -> str:
    """An amount with at most two decimals."""
    return f"{value:,.2f}".removesuffix(".00")


def number(value: float | None) -> str:
    """A number with six digits; a dash for none."""
    return "-" if value is None else f"{value:.6g}"
