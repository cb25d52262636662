"""Laws fitted to clocks that were cut off, and to cycles that were counted."""
