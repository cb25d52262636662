"""Machines as Sparkplug edge nodes on the broker for field devices."""
