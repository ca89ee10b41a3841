"""Drills: the service is killed, its disk fills, its database changes hands; nothing is lost.

`crash.py`, `races.py` and `failover.py` are what `scripts/drill` runs in full; their tests run the
small form. `notebooks.py` is what a phone would remember: the book is held against it by id.
"""
