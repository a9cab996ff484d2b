"""What the users of an antenna get."""
