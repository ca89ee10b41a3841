"""The engines, and marks for the few tests that are about one alone; all others run on both."""

import pytest

ENGINES = ("sqlite", "postgresql")

ON_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
