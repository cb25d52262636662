"""Links that are kept: opened, closed, reported, and asked what only they know."""
