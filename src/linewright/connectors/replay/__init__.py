"""Replay: recordings in CSV or Parquet files, played as a machine; see README.md."""
