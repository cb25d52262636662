"""MQTT: the connection to a broker, and tags that are read from topics."""
