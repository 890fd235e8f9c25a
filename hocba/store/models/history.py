"""What happened, to anything."""

from typing import Any

from tortoise import fields
from tortoise.models import Model


class EventRow(Model):
    """What happened: inserted, never touched again (triggers see to it)."""

    id = fields.UUIDField(primary_key=True)
    aggregate = fields.CharField(max_length=30)  # transcript, class, signing_account, …
    aggregate_id = fields.UUIDField()
    version = fields.IntField()
    kind = fields.CharField(max_length=60)
    data: fields.JSONField[dict[str, Any]] = fields.JSONField()
    actor_id = fields.UUIDField(null=True)
    school_id = fields.UUIDField(null=True)  # whose history it is; null for what concerns no school
    at = fields.DatetimeField()

    class Meta:
        table = "event"
        indexes = (("school_id", "at", "id"), ("actor_id", "at"))
        unique_together = (("aggregate_id", "version"),)


class AuditLinkRow(Model):
    """An event's place in the one chain of the installation.  Append-only.

    ``hash`` is SHA-256 over the hash before it and the event as it is stored.
    """

    event_id = fields.UUIDField(primary_key=True)
    position = fields.BigIntField(unique=True)
    hash = fields.CharField(max_length=64)

    class Meta:
        table = "audit_link"


class AccessRow(Model):
    """Who read a pupil's record (Luật 91/2025).  Append-only."""

    id = fields.UUIDField(primary_key=True)
    person_id = fields.UUIDField(null=True)
    school_id = fields.UUIDField()
    kind = fields.CharField(max_length=20)  # student | transcript | file
    object_id = fields.UUIDField()
    at = fields.DatetimeField()

    class Meta:
        table = "access"
        indexes = (("object_id", "at"), ("school_id", "at"))


class WebhookDeliveryRow(Model):
    """A message on its way to an endpoint of the operator's.

    ``state``, and who moves next: waiting (the sweep, at ``next_at``) | delivered | failed (the operator).
    """

    id = fields.UUIDField(primary_key=True)
    endpoint = fields.CharField(max_length=60)
    school_id = fields.UUIDField(null=True, db_index=True)
    kind = fields.CharField(max_length=60)
    body = fields.TextField()
    state = fields.CharField(max_length=10)
    attempts = fields.IntField(default=0)
    next_at = fields.DatetimeField(null=True)
    answer = fields.CharField(max_length=60, default="")  # the last status, or why there was none
    created_at = fields.DatetimeField()
    delivered_at = fields.DatetimeField(null=True)

    class Meta:
        table = "webhook_delivery"
        indexes = (("state", "next_at"),)
