"""A package, so that the demo of these tests ends with the last of them."""
