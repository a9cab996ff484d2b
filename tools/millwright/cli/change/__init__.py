"""Commands that change hosts, or show what would change."""
