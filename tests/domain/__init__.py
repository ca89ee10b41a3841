"""Decisions in plain values: no database, no clock and no chance but what a test hands in."""
