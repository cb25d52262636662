"""A package, so that the plant of these tests ends with the last of them."""
