"""Whole days through the real doors, from the first file to the last count."""
