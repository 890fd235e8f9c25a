"""Tables.  No methods: a row knows nothing of the rules.

::

    school ─┬─ person ─┬─ user ── session          signing_account ── certificate
            │          ├─ role_grant               agent, agent_pairing
            │          └─ assignment
            ├─ class ──── enrolment ─┬─ result     transcript ─┬─ slot
            │               │        ├─ summary, primary_summary
            │               │        └─ rule_override  │       ├─ signature
            └─ student ─────┘                          │       └─ document
                  └─ earlier_year                      │
    upload ── import_job     export                signing_request ── signing_item
                                 event (every aggregate's history, append-only)

Ids are UUIDv7, made by ``hocba.store.ids.new``.  Times are UTC.  Text is NFC.  Partial unique
indexes and the append-only triggers of ``event`` live in the migrations, and a test asks the
database for them.
"""

from hocba.store.models.accounts import AgentPairingRow, AgentRow, CertificateRow, SigningAccountRow
from hocba.store.models.files import ExportRow, ImportRow, UploadRow
from hocba.store.models.history import EventRow
from hocba.store.models.people import PersonRow, RoleGrantRow, SessionRow, UserRow
from hocba.store.models.pupils import (
    EarlierYearRow,
    EnrolmentRow,
    OverrideRow,
    PrimarySummaryRow,
    ResultRow,
    StudentRow,
    SummaryRow,
)
from hocba.store.models.school import AssignmentRow, ClassRow, PrintConfigurationRow, SchoolRow
from hocba.store.models.signing import SigningItemRow, SigningRequestRow
from hocba.store.models.transcripts import DocumentRow, SignatureRow, SlotRow, TranscriptRow

__all__ = [
    "AgentPairingRow",
    "AgentRow",
    "AssignmentRow",
    "CertificateRow",
    "ClassRow",
    "DocumentRow",
    "EarlierYearRow",
    "EnrolmentRow",
    "EventRow",
    "ExportRow",
    "ImportRow",
    "OverrideRow",
    "PersonRow",
    "PrimarySummaryRow",
    "PrintConfigurationRow",
    "ResultRow",
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
    "TranscriptRow",
    "UploadRow",
    "UserRow",
]
