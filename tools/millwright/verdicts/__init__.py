"""Where what should be meets what was measured: references, verdicts and the scorecard."""
