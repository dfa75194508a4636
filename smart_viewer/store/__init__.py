"""State in SQL, sealed at rest."""

from smart_viewer.store.opening import Store, open_store
from smart_viewer.store.seal import derive_key, digest

__all__ = ["Store", "derive_key", "digest", "open_store"]
