"""What leaves the house: printed cards, pictures, files and calls to others.

Each module hides one library or one format behind plain values of the domain, and decides nothing.
Nothing here reads or writes the book: a stranger to storage.
"""
