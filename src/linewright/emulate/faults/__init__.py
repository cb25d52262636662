"""Faults between machine and reader: what a scenario says arrives of what is true."""
