"""The commands of Millwright as typed functions: a context and a request in, an outcome out.

Nothing here parses a command line or prints; ``millwright.cli`` does both, and imports nothing below this.
"""
