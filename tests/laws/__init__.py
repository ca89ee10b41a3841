"""What holds whatever happens: long random runs, held against a model written from the design.

`model.py` and what it is made of (`town`, `lots`, `desk`, `trust`) know no line of the service.
`commands.py` and `acts.py` make the runs, `running.py` tells both the same and compares everything.
The nightly profile (`POINTS_LAWS=nightly`) makes thousands of runs; `POINTS_LAWS_SEED` repeats one.
"""
