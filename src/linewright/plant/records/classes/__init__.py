"""Record classes by theme; `linewright.plant.records` is their face."""
