"""Text to marked nodes: YAML events, quantities, codes of the world, and the report."""
