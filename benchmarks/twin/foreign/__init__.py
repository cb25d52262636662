"""Scripts that run in the environments of other simulators; each prints one JSON line."""
