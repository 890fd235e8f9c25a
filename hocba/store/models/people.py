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
    must_change = fields.BooleanField(default=False, db_default=False)  # the password was made by an ADMIN
    totp_secret = fields.BinaryField(null=True)  # encrypted, about the user's id
    totp_since = fields.DatetimeField(null=True)  # when the first code was right; null until then
    totp_step = fields.BigIntField(default=0, db_default=0)  # the last time step used: none works twice
    recovery = fields.CharField(max_length=1000, default="", db_default="")  # keyed hashes, commas between

    class Meta:
        table = "user"


class ExternalIdentityRow(Model):
    """Who a user is at an identity provider (OIDC): linked at his first sign-in there."""

    id = fields.UUIDField(primary_key=True)
    user_id = fields.UUIDField(db_index=True)
    issuer = fields.CharField(max_length=300)
    subject = fields.CharField(max_length=255)
    linked_at = fields.DatetimeField()

    class Meta:
        table = "external_identity"
        unique_together = (("issuer", "subject"),)


class ThrottleRow(Model):
    """Wrong guesses of late, by who guessed: a keyed hash of a name or an address."""

    id = fields.UUIDField(primary_key=True)
    guesser = fields.CharField(max_length=64, unique=True)
    failures = fields.IntField(default=0)
    since = fields.DatetimeField()
    locked_until = fields.DatetimeField(null=True)

    class Meta:
        table = "throttle"


class SessionRow(Model):
    """A signed-in browser or phone.  The token itself is not here, only its keyed hash."""

    id = fields.UUIDField(primary_key=True)
    user_id = fields.UUIDField(db_index=True)
    token_hash = fields.CharField(max_length=64, unique=True)
    device = fields.CharField(max_length=200, default="")
    method = fields.CharField(max_length=10, default="password", db_default="password")  # password | oidc
    second_factor_at = fields.DatetimeField(null=True)
    school_id = fields.UUIDField(null=True)  # chosen at sign-in
    level = fields.CharField(max_length=4, default="", db_default="")  # chosen at sign-in: th | thcs | thpt
    created_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "session"


class RoleGrantRow(Model):
    """A role that is given, not derived: ADMIN, MANAGER, ISSUER in a school, AUTHORITY in an organisation.

    ``permissions``: what an ADMIN delegates to a MANAGER, with commas between.
    """

    id = fields.UUIDField(primary_key=True)
    person_id = fields.UUIDField(db_index=True)
    school_id = fields.UUIDField(null=True)
    organisation_id = fields.UUIDField(null=True)
    permissions = fields.CharField(max_length=1000, default="", db_default="")
    role = fields.CharEnumField(Role, max_length=20)
    granted_by = fields.UUIDField(null=True)
    valid_from = fields.DatetimeField()
    valid_to = fields.DatetimeField(null=True)

    class Meta:
        table = "role_grant"
        indexes = (("school_id", "role"), ("organisation_id",))
