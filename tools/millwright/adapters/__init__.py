"""Foreign tools as Millwright uses them: one folder a tool."""
