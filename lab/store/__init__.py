"""Results on disk, so that each case of a session is computed once and may be reused later.

Owns files, fingerprints, locks, costs and stored models. May import cases and evaluation, and what
these import; never the engine that it is handed.
"""

from lab.store.store import CaseError, Store, StoreError

__all__ = ["CaseError", "Store", "StoreError"]
