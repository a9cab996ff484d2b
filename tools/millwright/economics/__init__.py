"""What a machine costs, draws and gives: total cost of ownership, energy figures, shares of its time."""
