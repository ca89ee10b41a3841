"""Time on real databases and real processes: days of 23 and 25 hours, midnights, the zones that
servers live in, clocks that are set while people scan, and sweepers that sleep."""
