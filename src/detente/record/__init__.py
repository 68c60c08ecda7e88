"""The store: append-only, versioned, Parquet; what was known when."""

from detente.record.ingest import Summary
from detente.record.store import Held, Store, default_folder

__all__ = ["Held", "Store", "Summary", "default_folder"]
