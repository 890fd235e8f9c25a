"""History is inserted and never touched again: the database itself refuses.

Both kinds answer with an integrity error.  On PostgreSQL TRUNCATE is refused as well; on SQLite,
REPLACE is, because connections set ``recursive_triggers``.
"""

from tortoise import migrations
from tortoise.migrations import operations as ops

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
    """Make the triggers, a statement at a time: Tortoise would split them at their ``;``."""
    for statement in SQLITE if editor.DIALECT == "sqlite" else POSTGRES:
        await editor.client.execute_query(statement)


class Migration(migrations.Migration):
    """After the tables."""

    dependencies = [("hocba", "0001_initial")]
    operations = [ops.RunPython(code=guard)]
