"""What a person does by hand: one command to one machine, and the trust in one certificate."""
