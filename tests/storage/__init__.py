"""Rows, locks, triggers and migrations, on both engines."""
