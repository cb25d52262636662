"""What must be fast, measured: each folder is one benchmark, run as `python -m benchmarks.NAME`."""
