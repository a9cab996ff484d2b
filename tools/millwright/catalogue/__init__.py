"""Published figures of parts, with source and kind."""
