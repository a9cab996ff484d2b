"""Commands on a facility as a whole: describe, discover, rack, images, doctor, demo."""
