"""``millwright simulate``: what a machine will deliver."""
