"""How a valid plant file is broken in thousands of ways, each with what is known about it."""
