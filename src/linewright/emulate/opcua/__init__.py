"""Machines as OPC UA servers on this computer."""
