"""PostgreSQL's own measure: pgbench writes the rows of a scan, one transaction each.

It decides nothing, reads nothing and answers nobody. What it reaches is what the server can commit
scan by scan; the service commits a crowd's scans together.
"""

import re
import subprocess
from pathlib import Path

from sqlalchemy import make_url, text

from points.service.transactions import transaction
from tests.bench.databases import opened
from tests.bench.figures import Figures
from tests.postgres import _shipped_programs

CLIENTS = 8
_SPEED = re.compile(r"^tps = ([0-9.]+) ", re.MULTILINE)

# Its numbers are far from those that the service gives; the sequence makes them unique.
_PREPARATION = """
CREATE SEQUENCE bench_operation START 7800000000000;
INSERT INTO account (id, balance, version, last_at)
 SELECT (1::bigint << 48) + household, 0, 0, 0 FROM generate_series(1, :households) AS household
 ON CONFLICT DO NOTHING;
"""
_SCRIPT = r"""
SELECT nextval('bench_operation') AS id \gset
\set household random(1, :households)
\set wallet :household + 281474976710656
BEGIN;
UPDATE account SET balance = balance + 10, version = version + 1, last_at = :id WHERE id = :wallet;
INSERT INTO operation (id, chain, batch, scope, key, kind, fingerprint, evidence, occurred_at,
 posted_at, local_day, household, event, booth, item, version, quantity, points, expired,
 balance_after, reference, details)
 VALUES (:id, 7, :id, 'pgbench', gen_random_uuid()::text, 'earn', sha256(:id::text::bytea), 'live',
 :id, :id, '2019-12-05', :household, 'market', 'market/4', 'market/check-in', 1, 1, 10, 0,
 10, 'pgbench/' || :id, '{}');
INSERT INTO entry (operation, line, debit, credit, amount, lot, credit_seq)
 VALUES (:id, 0, 1, :wallet, 10, :id, :id);
INSERT INTO lot (id, account, amount, remaining, expired, expires_at)
 VALUES (:id, :wallet, 10, 10, 0, 4000000000000000);
INSERT INTO request (key, scope, fingerprint, status, operation, body, answered_at)
 VALUES (gen_random_uuid()::text, 'pgbench', sha256(:id::text::bytea), 'accepted', :id, '{}', :id);
INSERT INTO batch (chain, number, first_operation, operations, posted_at, previous, hash)
 VALUES (7, :id, :id, 1, :id, sha256(:id::text::bytea), sha256(:id::text::bytea));
COMMIT;
"""


def measure_pgbench(url: str, folder: Path, *, households: int, seconds: float) -> Figures:
    """Measure on a database that is thrown away; nothing where pgbench is not installed."""
    program = _shipped_programs() / "pgbench"
    if not program.exists():
        return {}
    with opened(url) as database, transaction(database) as connection:
        for statement in filter(str.strip, _PREPARATION.split(";")):
            chosen = {"households": households} if ":households" in statement else {}
            connection.execute(text(statement.replace("1::bigint", "CAST(1 AS bigint)")), chosen)
    script = folder / "scan.sql"
    script.write_text(_SCRIPT)
    given = make_url(url)
    limits = [f"--client={CLIENTS}", "--jobs=1", f"--time={max(1, round(seconds))}", "--no-vacuum"]
    chosen_options = ["--protocol=prepared", f"--define=households={households}"]
    where = [f"--host={given.query['host']}", "--username=postgres", str(given.database)]
    told = subprocess.run(
        [program, *limits, *chosen_options, f"--file={script}", *where],
        capture_output=True,
        text=True,
        check=False,
    )
    found = _SPEED.search(told.stdout)
    assert found is not None, told.stdout + told.stderr
    return {"pgbench.per_second": float(found[1])}
