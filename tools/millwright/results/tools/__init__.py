"""Outputs of standard tools, to series; one parser a file, found by the tool's name."""
