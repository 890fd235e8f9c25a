"""What came in as a file and what goes out as one."""

from typing import Any

from tortoise import fields
from tortoise.models import Model


class UploadRow(Model):
    """A file somebody sent by ``POST /files``; it lives for a day."""

    id = fields.UUIDField(primary_key=True)
    person_id = fields.UUIDField(db_index=True)
    name = fields.CharField(max_length=255)
    content = fields.BinaryField()
    sha256 = fields.CharField(max_length=64)
    created_at = fields.DatetimeField()

    class Meta:
        table = "upload"


class ImportRow(Model):
    """One import of a workbook: what it said, and whether it was taken (B6)."""

    id = fields.UUIDField(primary_key=True)
    school_id = fields.UUIDField(db_index=True)
    person_id = fields.UUIDField()
    upload_id = fields.UUIDField()
    year = fields.CharField(max_length=9)
    dry_run = fields.BooleanField()
    committed = fields.BooleanField()
    # per sheet: read, created, updated, unchanged, errors; problems
    report: fields.JSONField[Any] = fields.JSONField()
    error_workbook = fields.BinaryField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "import_job"


class ExportRow(Model):
    """Somebody asked for a ZIP (D4).  It is made while it is downloaded, never stored."""

    id = fields.UUIDField(primary_key=True)
    school_id = fields.UUIDField()
    person_id = fields.UUIDField(db_index=True)
    transcript_ids: fields.JSONField[list[str]] = fields.JSONField()
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()

    class Meta:
        table = "export"
