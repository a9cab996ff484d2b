"""Commands that say in advance what a machine will deliver."""
