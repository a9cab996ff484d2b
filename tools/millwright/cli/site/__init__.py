"""Commands on a facility as a whole: describe, rack, images, demo."""
