"""How long jobs wait: formulas for simple queues, and schedules as Slurm and others make them."""
