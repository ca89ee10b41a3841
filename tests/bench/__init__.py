"""How fast the service is, told by ratios: `scripts/bench` measures it beside simpler things.

Figures of one machine say little about another; ratios of what ran in turn on the same machine say
more. Scans and balances run against a route that does nothing (`plain_apps`), against the same scan
as most people would write it, and on PostgreSQL against pgbench. Batches run against the bare
driver writing the very rows that the service has just written (`bare_driver`). Rounds alternate,
medians count. The generator of load (`load`) is one and the same for everything.

`--grow` does the same on a book of millions of operations (`growing`), and compares.
"""
