"""OpenSSH: signatures of files."""
