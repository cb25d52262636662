"""Checking a large plant file, and every broken one: the time, the memory, the named lines."""
