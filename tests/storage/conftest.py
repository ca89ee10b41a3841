"""A whole book for every test that reads one."""

from tests.whole_book import whole_book

__all__ = ["whole_book"]
