"""Acts: what the service does for somebody, one transaction each.

An act loads facts, lets the domain decide, and writes what was decided; it holds no rule of its
own. `transactions.py` alone begins and commits. Time, ids and who is asking are handed in by the
doors; an act that may be sent twice can be run twice and pays once.
"""
