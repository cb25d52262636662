"""OPC UA: the connector's folder. `session` alone speaks the protocol; see README.md."""
