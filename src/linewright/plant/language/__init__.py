"""The plant language: text to plant and back, with every mistake in one report."""
