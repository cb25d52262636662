"""Commands that ask the twin: what a plant does, and what it would do if it differed."""
