"""Encryption of the page: names of this machine, certificates of our own or brought."""
