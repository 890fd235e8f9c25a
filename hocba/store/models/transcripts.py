"""Transcripts, who signs them, and what was signed."""

from tortoise import fields
from tortoise.models import Model

from hocba.domain.values import Status, Step


class TranscriptRow(Model):
    """One pupil's transcript for one school year.

    ``content`` is the canonical signed data (DU_LIEU_HOC_BA), zlib-compressed; it never changes.
    ``live`` is null once cancelled, so that UNIQUE(student, year, live) lets one live one be.
    """

    id = fields.UUIDField(primary_key=True)
    school_id = fields.UUIDField()
    class_id = fields.UUIDField()
    student_id = fields.UUIDField()
    year = fields.CharField(max_length=9)
    version = fields.IntField(default=0)
    status = fields.CharEnumField(Status, max_length=24)
    open_step = fields.CharEnumField(Step, max_length=20, null=True)  # indexed copy
    live = fields.BooleanField(null=True, default=True)
    lookup_code = fields.UUIDField(unique=True)
    replaces_id = fields.UUIDField(null=True)
    profile = fields.CharField(max_length=20)
    student_name = fields.CharField(max_length=200)
    sort_key = fields.CharField(max_length=400)
    search_key = fields.CharField(max_length=400)
    personal_id = fields.CharField(max_length=12)
    content = fields.BinaryField()
    content_sha256 = fields.CharField(max_length=64)
    sealed = fields.BooleanField(default=False)
    proposed_by = fields.UUIDField(null=True)
    proposal = fields.TextField(default="")
    completed_at = fields.DatetimeField(null=True)
    xml_sha256 = fields.CharField(max_length=64, null=True)
    created_by = fields.UUIDField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "transcript"
        indexes = (("class_id", "sort_key", "id"), ("school_id", "year", "status"))
        unique_together = (("student_id", "year", "live"),)


class SlotRow(Model):
    """A signature that the transcript needs: its signing plan, frozen at creation.

    ``basis``: the decision by which an acting signer signs.
    """

    id = fields.UUIDField(primary_key=True)
    transcript_id = fields.UUIDField()
    position = fields.IntField()
    key = fields.CharField(max_length=20)
    step = fields.CharEnumField(Step, max_length=20)
    person_id = fields.UUIDField(null=True, db_index=True)
    name = fields.CharField(max_length=200)
    identity = fields.CharField(max_length=60)
    title = fields.CharField(max_length=100, default="")
    basis = fields.CharField(max_length=300, default="", db_default="")
    subjects: fields.JSONField[list[str]] = fields.JSONField()

    class Meta:
        table = "slot"
        unique_together = (("transcript_id", "key"),)


class SignatureRow(Model):
    """A signature: everything from which its XML is built again, bit for bit."""

    id = fields.UUIDField(primary_key=True)
    transcript_id = fields.UUIDField()
    slot_key = fields.CharField(max_length=20)
    person_id = fields.UUIDField()  # who operated the key
    certificate_id = fields.UUIDField()
    signing_time = fields.DatetimeField()
    algorithm = fields.CharField(max_length=20)
    value = fields.BinaryField()  # XMLDSig form

    class Meta:
        table = "signature"
        unique_together = (("transcript_id", "slot_key"),)


class DocumentRow(Model):
    """The sealed PDF of a transcript."""

    id = fields.UUIDField(primary_key=True)
    transcript_id = fields.UUIDField(unique=True)
    sha256 = fields.CharField(max_length=64)
    content = fields.BinaryField()

    class Meta:
        table = "document"
