"""What every part shares: errors and exit codes, verdict words, node sets, files, processes, the clock."""
