"""From what a session hears to what the bus stores: rows, gaps and heartbeats of each source."""
