"""What is kept of signing in: people, their names, sessions, links; private files, owner only."""
