"""Certificates, the accounts that sign with them, and the computers that hold the keys."""

from tortoise import fields
from tortoise.models import Model


class CertificateRow(Model):
    """A certificate, once, whoever refers to it.  Never deleted."""

    id = fields.UUIDField(primary_key=True)
    fingerprint = fields.CharField(max_length=64, unique=True)  # SHA-256 of the DER, hex
    der = fields.BinaryField()
    chain: fields.JSONField[list[str]] = fields.JSONField()  # base64 DER of issuers, leaf's issuer first
    subject = fields.CharField(max_length=500)
    issuer = fields.CharField(max_length=500)
    identity = fields.CharField(max_length=60)  # CCCD:… or MST:…
    organisation = fields.BooleanField()
    not_before = fields.DatetimeField()
    not_after = fields.DatetimeField()

    class Meta:
        table = "certificate"


class SigningAccountRow(Model):
    """A registered way to sign: a person's own, or the school's (C1, C5).

    ``state``: unproven | pending | approved | refused | closed | withdrawn.  ``person_id`` is null for
    the school's.  ``challenge`` and ``proof`` are the evidence that whoever registered it holds the key.
    """

    id = fields.UUIDField(primary_key=True)
    school_id = fields.UUIDField()
    person_id = fields.UUIDField(null=True, db_index=True)
    year = fields.CharField(max_length=9)
    signer_key = fields.CharField(max_length=60)
    vendor_reference = fields.CharField(max_length=300, default="")
    certificate_id = fields.UUIDField()
    state = fields.CharField(max_length=10)
    reason = fields.CharField(max_length=1000, default="")
    requested_by = fields.UUIDField()
    requested_at = fields.DatetimeField()
    decided_by = fields.UUIDField(null=True)
    decided_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    copied_from = fields.UUIDField(null=True)  # last year's account (C4, C7)
    challenge = fields.BinaryField(null=True)
    proof = fields.BinaryField(null=True)
    proven_at = fields.DatetimeField(null=True)

    class Meta:
        table = "signing_account"
        indexes = (("school_id", "year", "state"), ("certificate_id",))


class AgentRow(Model):
    """A paired computer that may fetch one person's signing jobs."""

    id = fields.UUIDField(primary_key=True)
    person_id = fields.UUIDField(db_index=True)
    name = fields.CharField(max_length=100)
    token_hash = fields.CharField(max_length=64, unique=True)
    certificates: fields.JSONField[list[str]] = fields.JSONField()  # base64 DER of what its tokens hold
    paired_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "agent"


class AgentPairingRow(Model):
    """A pairing under way: 8 characters, 10 minutes, one use, 5 tries."""

    id = fields.UUIDField(primary_key=True)
    code_hash = fields.CharField(max_length=64, unique=True)
    device_hash = fields.CharField(max_length=64, unique=True)
    name = fields.CharField(max_length=100)
    address = fields.CharField(max_length=60)
    certificates: fields.JSONField[list[str]] = fields.JSONField()
    expires_at = fields.DatetimeField()
    confirmed_by = fields.UUIDField(null=True)
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "agent_pairing"


class RevocationRow(Model):
    """What an authority said of revocation: a list, or an answer about one certificate (OCSP).

    ``about``: SHA-256 of the issuer's certificate for a list, of the certificate itself for an answer.
    Never deleted while a signature may rest on it.
    """

    id = fields.UUIDField(primary_key=True)
    kind = fields.CharField(max_length=4)  # crl | ocsp
    about = fields.CharField(max_length=64)
    url = fields.CharField(max_length=500)
    der = fields.BinaryField()
    this_update = fields.DatetimeField()
    next_update = fields.DatetimeField(null=True)
    fetched_at = fields.DatetimeField()

    class Meta:
        table = "revocation"
        indexes = (("about", "kind", "next_update"),)
