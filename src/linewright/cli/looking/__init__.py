"""Commands that look at a plant: what runs, what its machines say, and what history holds."""
