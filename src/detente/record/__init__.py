"""The store: append-only, versioned, Parquet; what was known when."""

from detente.record.intake import Summary
from detente.record.store import Store, default_folder

__all__ = ["Store", "Summary", "default_folder"]
