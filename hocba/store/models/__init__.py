"""Tables.  No methods: a row knows nothing of the rules.

::

    organisation ── supervision ── school          signing_account ── certificate ── revocation
    school ─┬─ former_school                       agent, agent_pairing
            ├─ person ─┬─ user ── session
            │          ├─ role_grant      └─ external_identity, throttle
            │          └─ assignment
            ├─ class ──── enrolment ─┬─ result     transcript ─┬─ slot
            │               │        ├─ summary, primary_summary
            │               │        └─ rule_override  │       ├─ signature
            └─ student ─────┘                          │       └─ document
                  └─ earlier_year                      │
    upload ── import_job     export                signing_request ── signing_item
    event ── audit_link, access (append-only)      webhook_delivery

Ids are UUIDv7, made by ``hocba.store.ids.new``.  Times are UTC.  Text is NFC.  Partial unique
indexes and the append-only triggers live in the migrations, and a test asks the
database for them.
"""

from hocba.store.models.accounts import (
    AgentPairingRow,
    AgentRow,
    CertificateRow,
    RevocationRow,
    SigningAccountRow,
)
from hocba.store.models.files import ExportRow, ImportRow, UploadRow
from hocba.store.models.history import AccessRow, AuditLinkRow, EventRow, WebhookDeliveryRow
from hocba.store.models.people import (
    ExternalIdentityRow,
    PersonRow,
    RoleGrantRow,
    SessionRow,
    ThrottleRow,
    UserRow,
)
from hocba.store.models.pupils import (
    EarlierYearRow,
    EnrolmentRow,
    OverrideRow,
    PrimarySummaryRow,
    ResultRow,
    StudentRow,
    SummaryRow,
)
from hocba.store.models.school import (
    AssignmentRow,
    ClassRow,
    FormerSchoolRow,
    OrganisationRow,
    PrintConfigurationRow,
    SchoolRow,
    SupervisionRow,
)
from hocba.store.models.signing import SigningItemRow, SigningRequestRow
from hocba.store.models.transcripts import DocumentRow, SignatureRow, SlotRow, TranscriptRow

__all__ = [
    "AccessRow",
    "AgentPairingRow",
    "AgentRow",
    "AssignmentRow",
    "AuditLinkRow",
    "CertificateRow",
    "ClassRow",
    "DocumentRow",
    "EarlierYearRow",
    "EnrolmentRow",
    "EventRow",
    "ExportRow",
    "ExternalIdentityRow",
    "FormerSchoolRow",
    "ImportRow",
    "OrganisationRow",
    "OverrideRow",
    "PersonRow",
    "PrimarySummaryRow",
    "PrintConfigurationRow",
    "ResultRow",
    "RevocationRow",
    "RoleGrantRow",
    "SchoolRow",
    "SessionRow",
    "SignatureRow",
    "SigningAccountRow",
    "SigningItemRow",
    "SigningRequestRow",
    "SlotRow",
    "StudentRow",
    "SummaryRow",
    "SupervisionRow",
    "ThrottleRow",
    "TranscriptRow",
    "UploadRow",
    "UserRow",
    "WebhookDeliveryRow",
]
