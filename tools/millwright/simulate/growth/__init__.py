"""How the capacity of a site can grow, and what stops it when."""
