"""Keys, host keys and certificates by OpenSSH's own tools."""
