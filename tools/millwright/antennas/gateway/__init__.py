"""The configuration of a gateway: sshd, packet filter, WireGuard, updates, guarded changes."""
