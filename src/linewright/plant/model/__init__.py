"""The types of the plant model: frozen, compared by value, one file a theme."""
