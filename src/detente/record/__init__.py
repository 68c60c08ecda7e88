"""The store: append-only, versioned, Parquet and DuckDB; what was known when."""

from detente.record.ingest import Summary
from detente.record.store import Held, Record, default_folder

__all__ = ["Held", "Record", "Summary", "default_folder"]
