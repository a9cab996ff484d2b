"""What was measured: samples, runs and their evidence."""
