"""Formats of a report beside the page: each walks the blocks of all sections and knows none of them."""
