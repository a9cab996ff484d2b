"""The command ``millwright``: each file parses, calls and prints for one group of commands."""
