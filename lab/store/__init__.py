"""Results on disk, so that each case of a session is computed once and may be reused later.

Owns files, locks, costs and stored models. Asks the engine that it is handed, and knows nothing of
evaluation. May import cases, and what these import.

Layout of the store's folder, which may be deleted::

    results/CASE/FINGERPRINT.json .parquet .png   scores, predictions, picture; shared by sessions
    results/CASE/FINGERPRINT.model .skops .pkl    the model fitted to all rows, with --log-models
    results/CASE/damaged/                         corrupted files
    costs.json                                    how long cases took
    sweep.lock                                    locked while sessions start or dead ones go
    sessions/SESSION/alive                        locked by the session's owner
    sessions/SESSION/CASE.json                    the result that this session uses
    sessions/SESSION/CASE.error.json              why this session has no result
    sessions/SESSION/CASE.damaged.json            which stored result was corrupted
    sessions/SESSION/CASE.running                 a process evaluates it, or died doing so
    sessions/SESSION/data/                        copies of the user's own tables
    sessions/SESSION/prepared/                    preprocessed folds that several cases need
    sessions/SESSION/folds/CASE/                  folds of a long case, for several processes
"""

from lab.store.engine import Engine
from lab.store.session_folder import CaseError, Entry, SessionFolder, StoreError
from lab.store.store import Store

__all__ = ["CaseError", "Engine", "Entry", "SessionFolder", "Store", "StoreError"]
