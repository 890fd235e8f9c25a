"""What the database itself refuses, with an integrity error, whatever a program may try.

History is inserted and never touched again.  On PostgreSQL TRUNCATE is refused as well; on SQLite,
REPLACE is, because connections set ``recursive_triggers``.

A person, and a school, has one approved certificate at a time in a school year: approving the
next one closes the one before.
"""

from tortoise import migrations
from tortoise.migrations import operations as ops

BOTH = (
    "CREATE UNIQUE INDEX signing_account_one_of_person ON signing_account (school_id, year, person_id)"
    " WHERE state = 'approved'",
    "CREATE UNIQUE INDEX signing_account_one_of_school ON signing_account (school_id, year)"
    " WHERE state = 'approved' AND person_id IS NULL",
)
SQLITE = (
    "CREATE TRIGGER event_no_update BEFORE UPDATE ON event"
    " BEGIN SELECT RAISE(ABORT, 'event is append-only'); END",
    "CREATE TRIGGER event_no_delete BEFORE DELETE ON event"
    " BEGIN SELECT RAISE(ABORT, 'event is append-only'); END",
)
POSTGRES = (
    "CREATE FUNCTION event_append_only() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'event is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE TRIGGER event_no_update BEFORE UPDATE ON event EXECUTE FUNCTION event_append_only()",
    "CREATE TRIGGER event_no_delete BEFORE DELETE ON event EXECUTE FUNCTION event_append_only()",
    "CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON event EXECUTE FUNCTION event_append_only()",
)


async def guard(_apps, editor):
    """Make them a statement at a time: Tortoise would split the triggers at their ``;``."""
    for statement in BOTH + (SQLITE if editor.DIALECT == "sqlite" else POSTGRES):
        await editor.client.execute_query(statement)


class Migration(migrations.Migration):
    """After the tables."""

    dependencies = [("hocba", "0001_initial")]
    operations = [ops.RunPython(code=guard)]
