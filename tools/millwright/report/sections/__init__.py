"""The sections of a report that are made of blocks."""
