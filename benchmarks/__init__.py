"""How fast Cortex is, and how much memory it takes: `python -m benchmarks` measures it beside the numbers to hold."""
