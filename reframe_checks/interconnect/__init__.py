"""What the network between nodes reaches."""
