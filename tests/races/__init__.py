"""Races: many want the same at the same instant, and it comes out as if they had queued.

Everybody is a real process: `points serve`, one on SQLite and two on PostgreSQL, phones that talk
to it by HTTP through `points.client`, operators who do what the command line does. A gate stands
before the posters of the services: it opens when all have asked, so what is posted collides, and
nobody needs to sleep. One clock hangs on the wall for all of them, so it is midnight when a race
says so. Answers are compared whole, and after each race `points verify` finds nothing.

The suite runs a few rounds of each. `scripts/drill races`, which is `POINTS_RACES=full`, runs all
of them and shows what they came to; `POINTS_RACES_SEED` repeats the order in which things are sent.
"""
