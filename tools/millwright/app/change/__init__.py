"""Commands that change hosts, or say what would change."""
