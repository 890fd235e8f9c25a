"""Let statements of other connections fail, the first few times that they are tried."""

from collections.abc import Iterator
from contextlib import contextmanager

from hocba.settings import Settings
from tests.elsewhere import execute

DEADLOCK, SERIALIZATION, DISK_FULL = "40P01", "40001", "53100"
TERMINATED = "57P01"
"""The connection itself is ended by the operator."""

ON_SQLITE = """
CREATE TRIGGER failing BEFORE {move} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, 'disk full'); END
"""

# What a sequence counts stays counted when a transaction is rolled back.
ON_POSTGRES = """
CREATE SEQUENCE failures;
CREATE FUNCTION failing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF nextval('failures') <= {times} THEN
    IF '{code}' = '57P01' THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
    RAISE EXCEPTION 'made to fail' USING ERRCODE = '{code}';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER failing BEFORE {move} ON {table} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION failing();
"""
GONE = "DROP TRIGGER failing ON {table}; DROP FUNCTION failing; DROP SEQUENCE failures"

ALWAYS = 1_000_000


@contextmanager
def failing(
    settings: Settings, move: str, table: str, when: str, *, times: int = ALWAYS, code: str = DISK_FULL
) -> Iterator[None]:
    """Until the end of the block such a statement fails so many ``times``; on SQLite, always."""
    sqlite = settings.database_url.startswith("sqlite")
    assert not sqlite or times == ALWAYS
    made = ON_SQLITE if sqlite else ON_POSTGRES
    execute(settings, made.format(move=move, table=table, when=when, times=times, code=code))
    try:
        yield
    finally:
        execute(settings, "DROP TRIGGER failing" if sqlite else GONE.format(table=table))
