"""What is missing on this machine or at a site for each command, and the line that mends it."""
