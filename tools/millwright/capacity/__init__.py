"""What the measured machine can do for its users."""
