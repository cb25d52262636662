"""What records say a station did: read, put in order, and as far as it can be believed."""
