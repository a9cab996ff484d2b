"""What a processor and its memory reach."""
