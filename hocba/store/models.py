"""Tables.  No methods: a row knows nothing of the rules.

::

    school ─┬─ person ─┬─ user ── session          signing_account ── certificate
            │          ├─ role_grant               agent, agent_pairing
            │          └─ assignment
            ├─ class ──── enrolment ─┬─ result     transcript ─┬─ slot
            │               │        └─ summary        │       ├─ signature
            └─ student ─────┘                          │       └─ document
                                                       │
    upload ── import_job     export                signing_request ── signing_item
                                 event (every aggregate's history, append-only)

Ids are UUIDv7, made by ``hocba.store.ids.new``.  Times are UTC.  Text is NFC.  Partial unique
indexes and the append-only triggers of ``event`` live in the migrations, and a test asks the
database for them.
"""

from tortoise import fields
from tortoise.models import Model

from hocba.domain.values import Level, Role, Status, Step, Term


class SchoolRow(Model):
    """A school."""

    id = fields.UUIDField(primary_key=True)
    code = fields.CharField(max_length=20, unique=True)
    name = fields.CharField(max_length=200)
    level = fields.CharEnumField(Level, max_length=10)
    department_code = fields.CharField(max_length=20, default="")
    department = fields.CharField(max_length=200, default="")
    commune = fields.CharField(max_length=200, default="")
    province = fields.CharField(max_length=200, default="")
    identity = fields.CharField(max_length=40, default="")  # MST:…

    class Meta:
        table = "school"


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


class ClassRow(Model):
    """A class of one school year, its homeroom teacher and the leader who signs for it (B2, B4)."""

    id = fields.UUIDField(primary_key=True)
    school_id = fields.UUIDField()
    year = fields.CharField(max_length=9)
    name = fields.CharField(max_length=40)
    grade = fields.IntField()
    homeroom_id = fields.UUIDField(null=True)
    leader_id = fields.UUIDField(null=True)
    confirmed_at = fields.DatetimeField(null=True)  # B5, year-end
    confirmed_by = fields.UUIDField(null=True)

    class Meta:
        table = "class"
        indexes = (("homeroom_id",), ("leader_id",))
        unique_together = (("school_id", "year", "name"),)


class PrintConfigurationRow(Model):
    """*Cấu hình in học bạ* of a school year (B4); the leaders stand at the classes."""

    id = fields.UUIDField(primary_key=True)
    school_id = fields.UUIDField()
    year = fields.CharField(max_length=9)
    place = fields.CharField(max_length=200)
    written_on = fields.DateField()

    class Meta:
        table = "print_configuration"
        unique_together = (("school_id", "year"),)


class AssignmentRow(Model):
    """Who teaches a subject of a class in a term (B2)."""

    id = fields.UUIDField(primary_key=True)
    class_id = fields.UUIDField()
    subject = fields.CharField(max_length=20)
    term = fields.CharEnumField(Term, max_length=1)
    person_id = fields.UUIDField(db_index=True)

    class Meta:
        table = "assignment"
        unique_together = (("class_id", "subject", "term"),)


class StudentRow(Model):
    """A pupil's profile (B1)."""

    id = fields.UUIDField(primary_key=True)
    school_id = fields.UUIDField()
    code = fields.CharField(max_length=40)
    full_name = fields.CharField(max_length=200)
    sort_key = fields.CharField(max_length=400)
    search_key = fields.CharField(max_length=400)
    personal_id = fields.CharField(max_length=12, default="")
    birth_date = fields.DateField(null=True)
    sex = fields.CharField(max_length=5, default="")
    birthplace = fields.CharField(max_length=300, default="")
    home_town = fields.CharField(max_length=300, default="")
    address = fields.CharField(max_length=300, default="")
    ethnicity = fields.CharField(max_length=60, default="")
    nationality = fields.CharField(max_length=60, default="")
    policy_group = fields.CharField(max_length=200, default="")
    father = fields.CharField(max_length=200, default="")
    father_occupation = fields.CharField(max_length=200, default="")
    mother = fields.CharField(max_length=200, default="")
    mother_occupation = fields.CharField(max_length=200, default="")
    guardian = fields.CharField(max_length=200, default="")
    guardian_occupation = fields.CharField(max_length=200, default="")
    register_number = fields.CharField(max_length=60, default="")

    class Meta:
        table = "student"
        indexes = (("school_id", "sort_key"),)
        unique_together = (("school_id", "code"),)


class EnrolmentRow(Model):
    """A pupil in a class of one school year."""

    id = fields.UUIDField(primary_key=True)
    student_id = fields.UUIDField()
    class_id = fields.UUIDField(db_index=True)
    year = fields.CharField(max_length=9)
    since = fields.DateField(null=True)

    class Meta:
        table = "enrolment"
        unique_together = (("student_id", "year"),)


class ResultRow(Model):
    """A pupil's results in one subject (B3).  Marks are the decimals or letters as printed."""

    id = fields.UUIDField(primary_key=True)
    enrolment_id = fields.UUIDField()
    subject = fields.CharField(max_length=20)
    term1 = fields.CharField(max_length=5, default="")
    term2 = fields.CharField(max_length=5, default="")
    year = fields.CharField(max_length=5, default="")
    reassessed = fields.CharField(max_length=5, default="")
    comment = fields.TextField(default="")
    exempt = fields.BooleanField(default=False)

    class Meta:
        table = "result"
        unique_together = (("enrolment_id", "subject"),)


class SummaryRow(Model):
    """A pupil's year as a whole (B3)."""

    id = fields.UUIDField(primary_key=True)
    enrolment_id = fields.UUIDField(unique=True)
    learning_term1 = fields.CharField(max_length=5, default="")
    learning_term2 = fields.CharField(max_length=5, default="")
    learning_year = fields.CharField(max_length=5, default="")
    learning_after = fields.CharField(max_length=5, default="")
    conduct_term1 = fields.CharField(max_length=5, default="")
    conduct_term2 = fields.CharField(max_length=5, default="")
    conduct_year = fields.CharField(max_length=5, default="")
    conduct_after = fields.CharField(max_length=5, default="")
    absences = fields.IntField(null=True)
    promoted = fields.BooleanField(null=True)
    completed_level = fields.BooleanField(null=True)
    certificates = fields.TextField(default="")  # one a line
    contests = fields.TextField(default="")  # one a line
    awards = fields.TextField(default="")
    homeroom_comment = fields.TextField(default="")
    summer_comment = fields.TextField(default="")
    principal_approval = fields.TextField(default="")

    class Meta:
        table = "summary"


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
    report = fields.JSONField()  # per sheet: read, created, updated, unchanged, errors; problems
    error_workbook = fields.BinaryField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "import_job"


class CertificateRow(Model):
    """A certificate, once, whoever refers to it.  Never deleted."""

    id = fields.UUIDField(primary_key=True)
    fingerprint = fields.CharField(max_length=64, unique=True)  # SHA-256 of the DER, hex
    der = fields.BinaryField()
    chain = fields.JSONField()  # base64 DER of issuers, leaf's issuer first
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

    ``state``: pending | approved | refused | closed.  ``person_id`` is null for the school's.
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

    class Meta:
        table = "signing_account"
        indexes = (("school_id", "year", "state"), ("certificate_id",))


class AgentRow(Model):
    """A paired computer that may fetch one person's signing jobs."""

    id = fields.UUIDField(primary_key=True)
    person_id = fields.UUIDField(db_index=True)
    name = fields.CharField(max_length=100)
    token_hash = fields.CharField(max_length=64, unique=True)
    certificates = fields.JSONField()  # base64 DER of what its tokens hold
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
    certificates = fields.JSONField()
    expires_at = fields.DatetimeField()
    confirmed_by = fields.UUIDField(null=True)
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "agent_pairing"


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
    """A signature that the transcript needs: its signing plan, frozen at creation."""

    id = fields.UUIDField(primary_key=True)
    transcript_id = fields.UUIDField()
    position = fields.IntField()
    key = fields.CharField(max_length=20)
    step = fields.CharEnumField(Step, max_length=20)
    person_id = fields.UUIDField(null=True, db_index=True)
    name = fields.CharField(max_length=200)
    identity = fields.CharField(max_length=60)
    title = fields.CharField(max_length=100, default="")
    subjects = fields.JSONField()

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
    purpose = fields.CharField(max_length=20)  # slot (with its seal) | submission_list | recall_list | challenge
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


class ExportRow(Model):
    """Somebody asked for a ZIP (D4).  It is made while it is downloaded, never stored."""

    id = fields.UUIDField(primary_key=True)
    school_id = fields.UUIDField()
    person_id = fields.UUIDField(db_index=True)
    transcript_ids = fields.JSONField()
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()

    class Meta:
        table = "export"


class EventRow(Model):
    """What happened: inserted, never touched again (triggers see to it)."""

    id = fields.UUIDField(primary_key=True)
    aggregate = fields.CharField(max_length=30)  # transcript, class, signing_account, …
    aggregate_id = fields.UUIDField()
    version = fields.IntField()
    kind = fields.CharField(max_length=60)
    data = fields.JSONField()
    actor_id = fields.UUIDField(null=True)
    at = fields.DatetimeField()

    class Meta:
        table = "event"
        unique_together = (("aggregate_id", "version"),)
