"""Watching machines: their signals, their cycles, and when these deviate."""
