"""How a user at a remote antenna reaches the factory, and the proof that only such users do."""
