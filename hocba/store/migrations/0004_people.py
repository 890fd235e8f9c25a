"""Authorities, second factors, proofs of possession, the audit chain, who read what, webhooks.

Made from the models, but for what stands in front of the class: what the database itself refuses, and
the authorities of grants that named a school until now.
"""

from tortoise import migrations
from tortoise.migrations import operations as ops
from uuid import uuid4
from tortoise import fields

from hocba.store import ids
from tortoise.indexes import Index

TABLES = ("audit_link", "access")
"""Append-only, like ``event``."""


LOST = (
    "CREATE INDEX role_grant_person ON role_grant (person_id)",
    "CREATE INDEX role_grant_school_role ON role_grant (school_id, role)",
)
"""Tortoise makes a table anew on SQLite when a column may be null from now on, without its indexes."""


async def guard(_apps, editor):
    """A statement at a time: Tortoise would split the triggers at their ``;``."""
    for statement in LOST if editor.DIALECT == "sqlite" else ():
        await editor.client.execute_query(statement)
    for table in TABLES:
        for statement in _sqlite(table) if editor.DIALECT == "sqlite" else _postgres(table):
            await editor.client.execute_query(statement)


def _sqlite(table):
    for move in ("UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER {table}_no_{move.lower()} BEFORE {move} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _postgres(table):
    yield (
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION"
        f" '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for move in ("UPDATE", "DELETE", "TRUNCATE"):
        yield (
            f"CREATE TRIGGER {table}_no_{move.lower()} BEFORE {move} ON {table}"
            f" EXECUTE FUNCTION {table}_append_only()"
        )


async def name_authorities(_apps, editor):
    """An AUTHORITY was granted in each school: now in his organisation, which supervises those schools."""
    query = editor.client.execute_query
    homes = "SELECT DISTINCT p.school_id AS id FROM role_grant g JOIN person p ON p.id = g.person_id"
    await query(
        "INSERT INTO organisation (id, code, name, kind)"
        f" SELECT h.id, substr(replace(CAST(h.id AS VARCHAR(36)), '-', ''), 1, 20), '', 'so' FROM ({homes}"
        " WHERE g.role = 'authority') h WHERE h.id NOT IN (SELECT id FROM school)"
    )
    rows = (
        await query(
            "SELECT g.school_id AS child, p.school_id AS parent, MIN(g.valid_from) AS since FROM role_grant g"
            " JOIN person p ON p.id = g.person_id JOIN organisation o ON o.id = p.school_id"
            " WHERE g.role = 'authority' AND g.valid_to IS NULL GROUP BY g.school_id, p.school_id"
        )
    )[1]
    for row in rows:
        day = str(row["since"])[:10]
        await query(
            "INSERT INTO supervision (id, child_id, parent_id, valid_from)"
            f" VALUES ('{ids.new()}', '{row['child']}', '{row['parent']}', '{day}')"
        )
    await query(
        "UPDATE role_grant SET organisation_id = (SELECT p.school_id FROM person p WHERE p.id = person_id),"
        " school_id = NULL WHERE role = 'authority' AND person_id IN"
        " (SELECT p.id FROM person p JOIN organisation o ON o.id = p.school_id)"
    )


class Migration(migrations.Migration):
    dependencies = [('hocba', '0003_all_levels')]

    initial = False

    operations = [
        ops.CreateModel(
            name='AccessRow',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('person_id', fields.UUIDField(null=True)),
                ('school_id', fields.UUIDField()),
                ('kind', fields.CharField(max_length=20)),
                ('object_id', fields.UUIDField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'access', 'app': 'hocba', 'indexes': [Index(fields=['object_id', 'at']), Index(fields=['school_id', 'at'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='AuditLinkRow',
            fields=[
                ('event_id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('position', fields.BigIntField(unique=True)),
                ('hash', fields.CharField(max_length=64)),
            ],
            options={'table': 'audit_link', 'app': 'hocba', 'pk_attr': 'event_id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ExternalIdentityRow',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('user_id', fields.UUIDField(db_index=True)),
                ('issuer', fields.CharField(max_length=300)),
                ('subject', fields.CharField(max_length=255)),
                ('linked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'external_identity', 'app': 'hocba', 'unique_together': (('issuer', 'subject'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='OrganisationRow',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=20)),
                ('name', fields.CharField(max_length=200)),
                ('kind', fields.CharField(max_length=10)),
            ],
            options={'table': 'organisation', 'app': 'hocba', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RevocationRow',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=4)),
                ('about', fields.CharField(max_length=64)),
                ('url', fields.CharField(max_length=500)),
                ('der', fields.BinaryField()),
                ('this_update', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('next_update', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('fetched_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'revocation', 'app': 'hocba', 'indexes': [Index(fields=['about', 'kind', 'next_update'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SupervisionRow',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('child_id', fields.UUIDField(db_index=True)),
                ('parent_id', fields.UUIDField(db_index=True)),
                ('valid_from', fields.DateField()),
                ('valid_to', fields.DateField(null=True)),
            ],
            options={'table': 'supervision', 'app': 'hocba', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ThrottleRow',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('guesser', fields.CharField(unique=True, max_length=64)),
                ('failures', fields.IntField(default=0)),
                ('since', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('locked_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'throttle', 'app': 'hocba', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='WebhookDeliveryRow',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('endpoint', fields.CharField(max_length=60)),
                ('school_id', fields.UUIDField(null=True, db_index=True)),
                ('kind', fields.CharField(max_length=60)),
                ('body', fields.TextField(unique=False)),
                ('state', fields.CharField(max_length=10)),
                ('attempts', fields.IntField(default=0)),
                ('next_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('answer', fields.CharField(default='', max_length=60)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('delivered_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'webhook_delivery', 'app': 'hocba', 'indexes': [Index(fields=['state', 'next_at'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='EventRow',
            name='school_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddIndex(
            model_name='EventRow',
            index=Index(fields=['school_id', 'at', 'id']),
        ),
        ops.AddIndex(
            model_name='EventRow',
            index=Index(fields=['actor_id', 'at']),
        ),
        ops.AlterField(
            model_name='RoleGrantRow',
            name='school_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='RoleGrantRow',
            name='organisation_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='RoleGrantRow',
            name='permissions',
            field=fields.CharField(default='', db_default='', max_length=1000),
        ),
        ops.AddIndex(
            model_name='RoleGrantRow',
            index=Index(fields=['organisation_id']),
        ),
        ops.AddField(
            model_name='SchoolRow',
            name='ownership',
            field=fields.CharField(default='public', db_default='public', max_length=10),
        ),
        ops.AddField(
            model_name='SessionRow',
            name='level',
            field=fields.CharField(default='', db_default='', max_length=4),
        ),
        ops.AddField(
            model_name='SessionRow',
            name='method',
            field=fields.CharField(default='password', db_default='password', max_length=10),
        ),
        ops.AddField(
            model_name='SessionRow',
            name='school_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='SessionRow',
            name='second_factor_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='SigningAccountRow',
            name='challenge',
            field=fields.BinaryField(null=True),
        ),
        ops.AddField(
            model_name='SigningAccountRow',
            name='copied_from',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='SigningAccountRow',
            name='proof',
            field=fields.BinaryField(null=True),
        ),
        ops.AddField(
            model_name='SigningAccountRow',
            name='proven_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='UserRow',
            name='must_change',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='UserRow',
            name='recovery',
            field=fields.CharField(default='', db_default='', max_length=1000),
        ),
        ops.AddField(
            model_name='UserRow',
            name='totp_secret',
            field=fields.BinaryField(null=True),
        ),
        ops.AddField(
            model_name='UserRow',
            name='totp_since',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='UserRow',
            name='totp_step',
            field=fields.BigIntField(default=0, db_default=0),
        ),
        ops.RunPython(code=guard),
        ops.RunPython(code=name_authorities),
    ]
