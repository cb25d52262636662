"""How figures of the book come about: windows, courses, ledgers, hours, losses, forecasts."""
