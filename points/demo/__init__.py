"""A programme to try: a subdistrict's events of 2019, and items for its sorting quiz.

Files only, no code: they are installed with the package, so that a first start finds them.
"""
