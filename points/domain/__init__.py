"""What is true: decisions and arithmetic.

Imports the standard library and nothing else. Plain frozen values come in, outcomes go out; a
refusal is a value, never an exception. No clock, no randomness, no file, no network: moments, ids
and dice are handed in, so every rule can be tried at any instant of any year.
"""
