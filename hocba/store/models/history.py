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
    at = fields.DatetimeField()

    class Meta:
        table = "event"
        unique_together = (("aggregate_id", "version"),)
