"""Commands on the data folder of a plant: who signs in, which programs read, whom it follows."""
