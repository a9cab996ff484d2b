"""The virtual facility: real hosts (systemd, sshd) in containers on one machine."""
