"""What a host is found to be, compared with what was declared: one round trip a host."""
