"""What a database says of its own tables, the same for both kinds."""

from dataclasses import dataclass

from tortoise.backends.base.client import BaseDBAsyncClient

RECORD = "tortoise_migrations"


@dataclass(frozen=True)
class Shape:
    """Columns are (table, name, type, nullable); indexes and uniques are (table, columns)."""

    columns: frozenset[tuple]
    uniques: frozenset[tuple]
    indexes: frozenset[tuple]
    triggers: frozenset[str]


POSTGRES_COLUMNS = """
SELECT table_name AS "table", column_name AS name,
  udt_name || coalesce(character_maximum_length::text, '') AS type, is_nullable = 'YES' AS nullable
FROM information_schema.columns WHERE table_schema = current_schema()
"""
POSTGRES_INDEXES = """
SELECT t.relname AS "table", x.indisunique AS is_unique, x.indisprimary AS is_primary,
  array_to_string(array(SELECT a.attname FROM unnest(x.indkey) WITH ORDINALITY k(n, o)
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.n ORDER BY k.o), ',') AS columns
FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid WHERE t.relnamespace = current_schema()::regnamespace
"""
POSTGRES_TRIGGERS = """
SELECT tgname AS name FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
WHERE NOT g.tgisinternal AND t.relnamespace = current_schema()::regnamespace
"""
SQLITE_COLUMNS = """
SELECT t.name AS "table", c.name AS name, c.type AS type, NOT c."notnull" AS nullable
FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'
"""
SQLITE_INDEXES = """
SELECT t.name AS "table", i."unique" AS is_unique, i.origin = 'pk' AS is_primary,
  (SELECT group_concat(name) FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) AS columns
FROM sqlite_master t JOIN pragma_index_list(t.name) i WHERE t.type = 'table'
"""
SQLITE_TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger'"


async def shape(connection: BaseDBAsyncClient) -> Shape:
    """Ask the database."""
    postgres = connection.capabilities.dialect == "postgres"
    columns = await connection.execute_query_dict(POSTGRES_COLUMNS if postgres else SQLITE_COLUMNS)
    indexes = await connection.execute_query_dict(POSTGRES_INDEXES if postgres else SQLITE_INDEXES)
    triggers = await connection.execute_query_dict(POSTGRES_TRIGGERS if postgres else SQLITE_TRIGGERS)
    ours = [each for each in indexes if each["table"] != RECORD and not each["is_primary"]]
    return Shape(
        columns=frozenset(tuple(each.values()) for each in columns if each["table"] != RECORD),
        uniques=frozenset(_pair(each) for each in ours if each["is_unique"]),
        indexes=frozenset(_pair(each) for each in ours if not each["is_unique"]),
        triggers=frozenset(each["name"] for each in triggers),
    )


def _pair(index: dict) -> tuple:
    return index["table"], tuple(index["columns"].split(","))
