"""Acts on a real database, on both engines: posting, reading, proving, keeping."""
