"""ReFrame: its site configuration, and running it here or on the harness."""
