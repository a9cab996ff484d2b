"""Whether a machine still gives what it gave: accepted baselines, and runs judged against them."""
