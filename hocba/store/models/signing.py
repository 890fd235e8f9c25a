"""What somebody intends to sign, and each thing of it."""

from tortoise import fields
from tortoise.models import Model

from hocba.domain.values import Step


class SigningRequestRow(Model):
    """What somebody intends to sign, written before anyone is asked.  It is also the job.

    ``state``, and who moves next:
    waiting (the agent, or the vendor by ``poll``) | working (the process that holds the lease) |
    needs_secret, needs_login (the person) | expired (the person: retry) |
    finished (nobody) | cancelled (nobody).
    """

    id = fields.UUIDField(primary_key=True)
    school_id = fields.UUIDField(db_index=True)
    person_id = fields.UUIDField(db_index=True)
    account_id = fields.UUIDField()
    signer_key = fields.CharField(max_length=60)
    purpose = fields.CharField(
        max_length=20
    )  # slot (its seal too) | submission_list | recall_list | challenge
    step = fields.CharEnumField(Step, max_length=20, null=True)
    state = fields.CharField(max_length=16, db_index=True)
    reason = fields.CharField(max_length=40, default="")  # a code, when something went wrong
    resume = fields.BinaryField(null=True)  # encrypted
    poll_after = fields.DatetimeField(null=True)
    expires_at = fields.DatetimeField(null=True)
    lease_until = fields.DatetimeField(null=True)
    lease_owner = fields.CharField(max_length=40, default="")
    idempotency_key = fields.CharField(max_length=100, null=True)
    created_at = fields.DatetimeField()
    changed_at = fields.DatetimeField()

    class Meta:
        table = "signing_request"
        unique_together = (("person_id", "idempotency_key"),)


class SigningItemRow(Model):
    """One thing to sign in a request.

    ``purpose``: slot | seal | submission_list | recall_list | challenge.
    ``state``: open -> prepared -> asked -> answered -> done; or refused, expired, cancelled.
    ``active`` is null once the item is final, so that UNIQUE(purpose, object, slot, active) lets
    one open item be.
    """

    id = fields.UUIDField(primary_key=True)
    request_id = fields.UUIDField()
    position = fields.IntField()
    purpose = fields.CharField(max_length=20)
    object_id = fields.UUIDField()  # the transcript, for slot and seal
    slot_key = fields.CharField(max_length=20)
    state = fields.CharField(max_length=10)
    active = fields.BooleanField(null=True, default=True)
    tbs = fields.BinaryField(null=True)  # what is signed, while it is being signed
    prepared = fields.BinaryField(null=True)  # what completing needs (the PDF, for a seal)
    signing_time = fields.DatetimeField(null=True)
    prepared_until = fields.DatetimeField(null=True)
    answer = fields.BinaryField(null=True)  # the raw value, before it is settled
    code = fields.CharField(max_length=40, default="")  # why it was refused

    class Meta:
        table = "signing_item"
        indexes = (("request_id", "position"), ("state",))
        unique_together = (("purpose", "object_id", "slot_key", "active"),)
