"""Which models play which machines, what they make, and how their work stands at the beginning."""
