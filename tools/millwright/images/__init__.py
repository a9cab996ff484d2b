"""Images of nodes: root file systems that the roles brought to state, without identity or secrets."""
