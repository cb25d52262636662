"""Linewright: the software of the smart factory, derived from one plant file."""

__version__ = "0.1.0"
