"""Tests state what the service does; the tree mirrors `points/`, and what spans it has a folder.

Beside the mirrored folders: `laws` (random runs against a reference model), `journeys` (whole
days), `races` and `drills` (real processes, many or dying), `scanner` (a real browser with a camera
made of pictures), `bench` (speed, as ratios). What every test may use stands here: `market.py` is
the small world that most of them play in, `engines.py` gives both databases.
"""
