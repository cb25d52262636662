"""Commands of a running plant: start it, run one of its services, and act on its cases."""
