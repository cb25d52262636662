"""Commands that exchange plants with other tools, in files of public standards."""
