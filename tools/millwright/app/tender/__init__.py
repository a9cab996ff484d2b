"""``millwright tender``: what was asked, what was offered, and what follows."""
