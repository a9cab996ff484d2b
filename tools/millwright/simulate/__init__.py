"""What a machine will deliver: goodput of training, waits in the queue, growth of a fleet."""
