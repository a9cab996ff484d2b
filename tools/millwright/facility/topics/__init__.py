"""The topics of a facility: one file holds a topic's model and the rules between its values."""
