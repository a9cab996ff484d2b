"""``millwright regress``: accept baselines, and judge runs against them."""
