"""Commands of ``millwright tender``."""
