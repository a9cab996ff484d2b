"""What is measured: one file a check, its probe beside it."""
