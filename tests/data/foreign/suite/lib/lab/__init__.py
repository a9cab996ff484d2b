"""What the lab's checks share."""
