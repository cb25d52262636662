"""The benchmark `twin`: how fast and how right a line is simulated, beside other simulators."""
