"""The volunteer's scanner: its twins in Python, and journeys in a real Chromium.

The unit tests are TypeScript (`*.test.ts`; `scripts/scanner test` runs them). What is Python here
opens the scanner as it was built, from a service on a real port, before a camera that is made of
pictures (`camera.py`, `phone.py`), or runs single modules of it in a browser (`workbench.py`).
"""
