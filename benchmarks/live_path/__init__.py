"""The live path: OPC UA and batched ingest through the whole house, and the history's own speed."""
