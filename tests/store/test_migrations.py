import asyncio
import multiprocessing
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from tortoise.context import TortoiseContext
from tortoise.exceptions import IntegrityError
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from hocba import database
from hocba.domain.values import Role
from hocba.store import ids
from hocba.store.migrations.__main__ import needed
from hocba.store.models import (
    AccessRow,
    AuditLinkRow,
    ClassRow,
    EventRow,
    OrganisationRow,
    RoleGrantRow,
    SchoolRow,
    SigningAccountRow,
    SupervisionRow,
)
from tests import build
from tests.conftest import POSTGRES, POSTGRES_URL, execute
from tests.store.shape import shape

MIGRATIONS = ("0001_initial", "0002_guards", "0003_all_levels", "0004_people", "0005_former")
ONE_APPROVED = {
    ("signing_account", ("school_id", "year", "person_id")),
    ("signing_account", ("school_id", "year")),
}


@pytest.fixture
async def blank(settings, tmp_path):
    """Settings of a database that has no tables at all."""
    if not POSTGRES:
        yield replace(settings, database_url=f"sqlite://{tmp_path / 'blank.sqlite3'}")
        return
    schema = f"hocba_blank_{uuid4().hex}"
    await execute(f"CREATE SCHEMA {schema}")
    try:
        yield replace(settings, database_url=f"{POSTGRES_URL}?schema={schema}")
    finally:
        await execute(f"DROP SCHEMA {schema} CASCADE")


async def made_from_models(settings):
    async with TortoiseContext() as context:
        await context.init(config=database.config(settings))
        await context.generate_schemas()
        return await shape(context.db())


async def as_it_is(settings):
    async with TortoiseContext() as context:
        await context.init(config=database.config(settings))
        return await shape(context.db())


async def test_the_migrated_tables_are_those_of_the_models(blank, settings):
    modelled = await made_from_models(blank)
    migrated = await as_it_is(settings)
    assert migrated.columns == modelled.columns
    assert migrated.uniques == modelled.uniques | ONE_APPROVED
    assert migrated.indexes == modelled.indexes
    assert len(migrated.columns) > 200


async def test_no_change_of_the_models_lacks_its_migration():
    assert [writer.as_string() for writer in await needed(initial=False)] == []


async def test_the_indexes_that_screens_and_sweep_read_are_there(settings):
    indexes = (await as_it_is(settings)).indexes
    assert {
        ("transcript", ("class_id", "sort_key", "id")),
        ("transcript", ("school_id", "year", "status")),
        ("signing_item", ("state",)),
        ("signing_request", ("state",)),
        ("enrolment", ("class_id",)),
        ("slot", ("person_id",)),
    } <= indexes


async def test_what_must_be_there_once_is_unique_in_the_database(settings):
    uniques = (await as_it_is(settings)).uniques
    assert {
        ("event", ("aggregate_id", "version")),
        ("signature", ("transcript_id", "slot_key")),
        ("transcript", ("student_id", "year", "live")),
        ("signing_item", ("purpose", "object_id", "slot_key", "active")),
        ("document", ("transcript_id",)),
    } <= uniques


def account(**given):
    facts = {"year": "2025-2026", "signer_key": "usb-token", "requested_at": build.NOW}
    new = {"id": ids.new(), "certificate_id": ids.new(), "requested_by": ids.new()}
    return SigningAccountRow(**(new | facts | given))


@pytest.mark.parametrize("person", [ids.new(), None], ids=["person", "school"])
async def test_two_certificates_are_not_approved_at_once(db, person):
    school = build.SCHOOL
    await account(school_id=school, person_id=person, state="closed").save()
    await account(school_id=school, person_id=person, state="approved").save()
    await account(school_id=school, person_id=person, state="pending").save()
    await account(school_id=school, person_id=person, state="approved", year="2026-2027").save()
    await account(school_id=ids.new(), person_id=person, state="approved").save()
    await account(school_id=school, person_id=ids.new(), state="approved").save()
    with pytest.raises(IntegrityError):
        await account(school_id=school, person_id=person, state="approved").save()
    assert await SigningAccountRow.filter(person_id=person, school_id=school).count() == 4


async def test_the_history_has_its_guards(settings):
    moves = ("update", "delete", "truncate") if POSTGRES else ("update", "delete")
    tables = ("event", "audit_link", "access")
    assert (await as_it_is(settings)).triggers == {f"{table}_no_{move}" for table in tables for move in moves}


@pytest.mark.parametrize("table", ["audit_link", "access"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
async def test_what_was_read_and_the_chain_cannot_be_changed(settings, db, table, change):
    await AuditLinkRow.create(position=1, event_id=ids.new(), hash="0" * 64)
    await AccessRow.create(
        id=ids.new(), school_id=build.SCHOOL, kind="student", object_id=ids.new(), at=build.NOW
    )
    column = {"audit_link": "hash", "access": "kind"}[table]
    async with TortoiseContext() as context:
        await context.init(config=database.config(settings))
        with pytest.raises(IntegrityError, match="append-only"):
            await context.db().execute_query(change.format(table, column, "'x'"))
    assert await AuditLinkRow.all().values_list("hash", flat=True) == ["0" * 64]
    assert await AccessRow.all().values_list("kind", flat=True) == ["student"]


async def test_an_event_cannot_be_changed(db):
    row = build.event()
    await row.save()
    with pytest.raises(IntegrityError, match="append-only"):
        await EventRow.filter(id=row.id).update(at=build.NOW + timedelta(days=1))
    assert (await EventRow.get(id=row.id)).at == build.NOW


async def test_an_event_cannot_be_deleted(db):
    row = build.event()
    await row.save()
    with pytest.raises(IntegrityError, match="append-only"):
        await EventRow.filter(id=row.id).delete()
    assert await EventRow.all().values_list("id", flat=True) == [row.id]


@pytest.mark.skipif(POSTGRES, reason="REPLACE is SQLite's")
async def test_an_event_cannot_be_replaced(settings, db):
    row = build.event()
    await row.save()
    async with TortoiseContext() as context:
        await context.init(config=database.config(settings))
        with pytest.raises(IntegrityError, match="append-only"):
            await context.db().execute_query(
                "REPLACE INTO event"
                " SELECT id, aggregate, aggregate_id, version, 'X', data, actor_id, at, school_id FROM event"
            )
    assert (await EventRow.get(id=row.id)).kind == "Cancelled"


@pytest.mark.skipif(not POSTGRES, reason="TRUNCATE is PostgreSQL's")
async def test_the_history_cannot_be_truncated(settings, db):
    await build.event().save()
    async with TortoiseContext() as context:
        await context.init(config=database.config(settings))
        with pytest.raises(IntegrityError, match="append-only"):
            await context.db().execute_query("TRUNCATE event")
    assert await EventRow.all().count() == 1


async def test_migrating_says_what_it_did_and_does_it_once(blank):
    assert await database.pending(blank) == MIGRATIONS
    assert await database.migrate(blank) == MIGRATIONS
    assert await database.migrate(blank) == ()
    assert await database.pending(blank) == ()


async def test_a_new_database_is_made_ready_and_a_ready_one_is_left_alone(blank):
    await database.make_ready(blank)
    before = await as_it_is(blank)
    await database.make_ready(blank)
    assert await as_it_is(blank) == before
    assert await database.pending(blank) == ()


async def test_a_database_that_is_behind_is_not_migrated_by_a_server(blank):
    await migrate_only(blank, "0001_initial")
    before = await as_it_is(blank)
    with pytest.raises(database.DatabaseBehindError, match=r"hocba migrate.*0002_guards"):
        await database.make_ready(blank)
    assert await as_it_is(blank) == before


async def migrate_only(settings, name):
    async with TortoiseContext() as context:
        await context.init(config=database.config(settings))
        executor = MigrationExecutor(context.db(), database.config(settings)["apps"])
        await executor.migrate([MigrationTarget(database.APP, name)])


async def test_a_school_of_one_level_keeps_it_when_schools_get_several(blank):
    await migrate_only(blank, "0002_guards")
    async with TortoiseContext() as context:
        await context.init(config=database.config(blank))
        await context.db().execute_query(
            "INSERT INTO school"
            " (id, code, name, level, department_code, department, commune, province, identity)"
            f" VALUES ('{build.SCHOOL}', '01', 'Trường', 'thcs', '', '', '', '', '')"
        )
        await context.db().execute_query(
            "INSERT INTO class (id, school_id, year, name, grade)"
            f" VALUES ('{ids.new()}', '{build.SCHOOL}', '2025-2026', '6A', 6)"
        )

    assert await database.migrate(blank) == MIGRATIONS[2:]

    async with TortoiseContext() as context:
        await context.init(config=database.config(blank))
        assert await SchoolRow.all().values_list("id", "levels") == [(build.SCHOOL, "thcs")]
        assert await ClassRow.all().values_list("name", "leader_basis") == [("6A", "")]


async def test_an_authority_of_schools_becomes_one_of_an_organisation_above_them(blank):
    await migrate_only(blank, "0003_all_levels")
    office, person, other = ids.new(), ids.new(), ids.new()
    await insert(
        blank,
        person={"id": person, "school_id": office, "code": "A", "full_name": "A", "sort_key": "a"}
        | {"personal_id": "", "title": ""},
        role_grant={"id": ids.new(), "person_id": person, "school_id": build.SCHOOL, "role": "authority"}
        | {"valid_from": build.NOW.isoformat()},
    )
    kept = {"id": ids.new(), "person_id": other, "school_id": build.SCHOOL, "role": "admin"}
    await insert(blank, role_grant={**kept, "valid_from": build.NOW.isoformat()})

    assert await database.migrate(blank) == MIGRATIONS[3:]

    async with TortoiseContext() as context:
        await context.init(config=database.config(blank))
        assert await OrganisationRow.all().values_list("id", "kind") == [(office, "so")]
        assert await SupervisionRow.all().values_list("child_id", "parent_id", "valid_from") == [
            (build.SCHOOL, office, build.NOW.date())
        ]
        grants = await RoleGrantRow.all().order_by("role").values_list("role", "school_id", "organisation_id")
        assert grants == [(Role.ADMIN, build.SCHOOL, None), (Role.AUTHORITY, None, office)]


async def insert(settings, **rows):
    """One row each into tables that the models describe no longer."""
    async with TortoiseContext() as context:
        await context.init(config=database.config(settings))
        for table, row in rows.items():
            values = ", ".join(f"'{value}'" for value in row.values())
            await context.db().execute_query(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values})")


async def test_a_migration_that_fails_leaves_nothing_behind(blank):
    """The second migration cannot make its triggers, so that the first one's tables go as well."""
    await in_the_way(blank)
    with pytest.raises(Exception, match="event_"):
        await database.migrate(blank)
    assert {table for table, *_ in (await as_it_is(blank)).columns} <= {"obstacle"}


async def in_the_way(settings):
    """Take the name that a trigger, or its function, is to have."""
    async with TortoiseContext() as context:
        await context.init(config=database.config(settings))
        if POSTGRES:
            await context.db().execute_script(
                "CREATE FUNCTION event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN END $$"
            )
            return
        await context.db().execute_query("CREATE TABLE obstacle (id INTEGER)")
        await context.db().execute_query(
            "CREATE TRIGGER event_no_delete BEFORE DELETE ON obstacle BEGIN SELECT 1; END"
        )


def migrate_in_a_process(settings):
    return asyncio.run(database.migrate(settings))


async def test_of_processes_that_migrate_at_once_one_does_it_and_the_others_wait(blank):
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        did = await asyncio.to_thread(pool.map, migrate_in_a_process, [blank] * 3, 1)
    assert sorted(did) == [(), (), MIGRATIONS]
    assert await database.pending(blank) == ()
