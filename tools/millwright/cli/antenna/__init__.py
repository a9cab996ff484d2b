"""The command group ``millwright antenna``."""
