"""Who may sign in, and what he was granted."""

from tortoise import fields
from tortoise.models import Model

from hocba.domain.values import Role


class PersonRow(Model):
    """Staff of a school, or of an authority (B2)."""

    id = fields.UUIDField(primary_key=True)
    school_id = fields.UUIDField()
    code = fields.CharField(max_length=40)
    full_name = fields.CharField(max_length=200)
    sort_key = fields.CharField(max_length=400)  # hocba.domain.names.sort_key
    personal_id = fields.CharField(max_length=12)
    title = fields.CharField(max_length=100, default="")
    left_on = fields.DateField(null=True)

    class Meta:
        table = "person"
        indexes = (("school_id", "sort_key"),)
        unique_together = (("school_id", "code"),)


class UserRow(Model):
    """How a person signs in (A1)."""

    id = fields.UUIDField(primary_key=True)
    person_id = fields.UUIDField(unique=True)
    username = fields.CharField(max_length=100, unique=True)
    password_hash = fields.CharField(max_length=200, null=True)
    active = fields.BooleanField(default=True)
    failures = fields.IntField(default=0)
    locked_until = fields.DatetimeField(null=True)

    class Meta:
        table = "user"


class SessionRow(Model):
    """A signed-in browser or phone.  The token itself is not here, only its keyed hash."""

    id = fields.UUIDField(primary_key=True)
    user_id = fields.UUIDField(db_index=True)
    token_hash = fields.CharField(max_length=64, unique=True)
    device = fields.CharField(max_length=200, default="")
    created_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "session"


class RoleGrantRow(Model):
    """A role that is given, not derived: ADMIN, MANAGER, ISSUER, AUTHORITY."""

    id = fields.UUIDField(primary_key=True)
    person_id = fields.UUIDField(db_index=True)
    school_id = fields.UUIDField()
    role = fields.CharEnumField(Role, max_length=20)
    granted_by = fields.UUIDField(null=True)
    valid_from = fields.DatetimeField()
    valid_to = fields.DatetimeField(null=True)

    class Meta:
        table = "role_grant"
        indexes = (("school_id", "role"),)
