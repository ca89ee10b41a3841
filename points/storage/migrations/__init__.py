"""The steps that bring any older database to the tables of today, by Alembic.

A step is a file in `versions`, named by the next number; it is written by hand, works on SQLite and
PostgreSQL, and is never changed once released. It names every constraint, and asks
`points.storage.triggers` to guard a table anew that it has rebuilt: SQLite rebuilds a table to
alter it, and its triggers are lost. There is no way back: an older state is restored from a backup.
"""
