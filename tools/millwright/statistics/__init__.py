"""What can be said about repeated measurements without assuming how they are distributed."""
