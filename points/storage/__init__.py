"""What is remembered: tables, queries and migrations, the same on SQLite and PostgreSQL.

Rows repeat the domain's promises as constraints and decide nothing. Facts are loaded in a fixed
number of queries, whatever the size of a batch. Nothing here commits: a session is handed in and
belongs to whoever opened it. Knows the domain; a stranger to what leaves the house.
"""
