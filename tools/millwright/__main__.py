"""``python -m millwright`` is the command ``millwright``."""

from millwright.cli.main import main

main()
