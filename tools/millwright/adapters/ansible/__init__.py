"""Ansible: inventory, variables, runs of the playbooks and their events."""
