"""A whole book for every test that reads, checks, spoils or restores one."""

from tests.whole_book import spoilt, the_cheats_engine, whole_book

__all__ = ["spoilt", "the_cheats_engine", "whole_book"]
