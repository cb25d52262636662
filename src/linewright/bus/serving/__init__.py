"""The NATS server: its process, settings, credentials and log, and what is prepared on it."""
