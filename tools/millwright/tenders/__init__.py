"""Offers side by side: what was asked, what each bidder commits to, and how the award follows."""
