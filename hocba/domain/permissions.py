"""What may be done at all, and which role may do it, and how far: the table of the guide as data.

A permission is called ``<what>.<verb>``.  ``TABLE`` says for each which roles have it and in which
scope; ``docs/permissions.md`` shows the same table.  A MANAGER has nothing by his role: he has what
an ADMIN delegated to him by name, out of ``DELEGABLE``.  Whether it holds for *this* object is asked
of the ``Actor`` (``hocba.domain.people``), and by the policies of each move.

Nobody may change marks or comments of a live transcript (row 28): there is no permission for it.
Plugins, endpoints and trust lists are the operator's (row 32): no permission either.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from hocba.domain.values import Role


class Permission(StrEnum):
    """What may be done, ``<what>.<verb>``.  Add freely; never rename: grants keep these names."""

    SCHOOL_VIEW = "school.view"
    STAFF_VIEW = "staff.view"
    SCHOOL_DATA_WRITE = "school_data.write"
    PRINTING_SET = "printing.set"
    YEAR_END_CONFIRM = "year_end.confirm"
    PROFILE_VIEW = "profile.view"
    SCHOOL_CERTIFICATE_VIEW = "school_certificate.view"
    SCHOOL_CERTIFICATE_REGISTER = "school_certificate.register"
    SCHOOL_CERTIFICATE_COPY = "school_certificate.copy"
    SCHOOL_CERTIFICATE_DECIDE = "school_certificate.decide"
    ACCOUNT_REGISTER = "account.register"
    ACCOUNT_VIEW = "account.view"
    ACCOUNT_DECIDE = "account.decide"
    ACCOUNT_COPY = "account.copy"
    ISSUE_RIGHT_VIEW = "issue_right.view"
    ISSUE_RIGHT_GRANT = "issue_right.grant"
    MISSING_DATA_VIEW = "missing_data.view"
    TRANSCRIPT_CREATE = "transcript.create"
    TRANSCRIPT_VIEW = "transcript.view"
    TRANSCRIPT_EXPORT = "transcript.export"
    TRANSCRIPT_SIGN = "transcript.sign"
    TRANSCRIPT_ISSUE = "transcript.issue"
    TRANSCRIPT_COMPLETE = "transcript.complete"
    CANCELLATION_PROPOSE = "cancellation.propose"
    CANCELLATION_VIEW = "cancellation.view"
    CANCELLATION_DECIDE = "cancellation.decide"
    SUBMISSION_SEND = "submission.send"
    PORTAL_VIEW = "portal.view"
    RECALL_CREATE = "recall.create"
    RECALL_SEND = "recall.send"
    RECALL_DECIDE = "recall.decide"
    USER_MANAGE = "user.manage"
    ROLE_GRANT = "role.grant"
    AUDIT_VIEW = "audit.view"
    PROGRESS_VIEW = "progress.view"
    SYSTEM_VIEW = "system.view"


class Scope(StrEnum):
    """How far a permission reaches."""

    OWN = "own"  # what is one's own: the account, the slot
    CLASSES = "classes"  # the classes that the role comes from
    SIGNED = "signed"  # of one's school, what all others have signed
    SCHOOL = "school"  # one's school
    AREA = "area"  # the schools below one's organisation


@dataclass(frozen=True, slots=True)
class Row:
    """Who has one permission, and how far.

    :ivar item: the guide's item, or another of its functions.
    :ivar staff: everybody who works at the school, whatever he holds; the columns behind it, but the
        last, say what is more than that.
    :ivar administration: delegated to a MANAGER for administration (CBQT).
    :ivar approval: delegated to a MANAGER for the approval of accounts (CBD).
    """

    permission: Permission
    item: str
    staff: Scope | None
    admin: Scope | None
    administration: Scope | None
    approval: Scope | None
    leader: Scope | None
    homeroom: Scope | None
    subject: Scope | None
    issuer: Scope | None
    authority: Scope | None


__ = None
_O, _C, _F, _S, _A = Scope.OWN, Scope.CLASSES, Scope.SIGNED, Scope.SCHOOL, Scope.AREA
_P = Permission

TABLE: tuple[Row, ...] = (
    #                                                    staff  QT  CBQT CBD  LD  CN  BM  PH  SO
    Row(_P.SCHOOL_VIEW, "II.1", _S, __, __, __, __, __, __, __, _A),
    Row(_P.STAFF_VIEW, "II.1", _S, __, __, __, __, __, __, __, __),
    Row(_P.SCHOOL_DATA_WRITE, "II.1", __, _S, _S, __, __, __, __, __, __),
    Row(_P.PRINTING_SET, "7.4.5", __, _S, _S, __, __, __, __, __, __),
    Row(_P.YEAR_END_CONFIRM, "5.9.4", __, _S, _S, __, __, __, __, __, __),
    Row(_P.PROFILE_VIEW, "II.1", __, _S, _S, __, _C, _C, __, __, __),
    Row(_P.SCHOOL_CERTIFICATE_VIEW, "II.2.1", __, _S, _S, _S, __, __, __, _S, _A),
    Row(_P.SCHOOL_CERTIFICATE_REGISTER, "II.2.1", __, _S, _S, _S, __, __, __, _S, __),
    Row(_P.SCHOOL_CERTIFICATE_COPY, "II.2.1", __, _S, _S, _S, __, __, __, _S, __),
    Row(_P.SCHOOL_CERTIFICATE_DECIDE, "II.2.1", __, __, __, __, __, __, __, __, _A),
    Row(_P.ACCOUNT_REGISTER, "III.1", _O, __, __, __, __, __, __, __, __),
    Row(_P.ACCOUNT_VIEW, "II.2.2", _O, _S, _S, _S, __, __, __, __, __),
    Row(_P.ACCOUNT_DECIDE, "II.2.2", __, _S, __, _S, __, __, __, __, _A),
    Row(_P.ACCOUNT_COPY, "II.2.2", __, _S, __, _S, __, __, __, __, __),
    Row(_P.ISSUE_RIGHT_VIEW, "II.2.2", __, _S, _S, _S, __, __, __, __, __),
    Row(_P.ISSUE_RIGHT_GRANT, "II.2.2", __, _S, __, __, __, __, __, __, __),
    Row(_P.MISSING_DATA_VIEW, "II.3.1", __, _S, _S, __, __, _C, __, __, __),
    Row(_P.TRANSCRIPT_CREATE, "II.3.1", __, _S, _S, __, __, _C, __, __, __),
    Row(_P.TRANSCRIPT_VIEW, "II.3.1", __, _S, _S, __, _C, _C, _C, _F, __),
    Row(_P.TRANSCRIPT_EXPORT, "II.3.1", __, _S, _S, __, __, _C, __, __, __),
    Row(_P.TRANSCRIPT_SIGN, "III.2", _O, __, __, __, __, __, __, __, __),
    Row(_P.TRANSCRIPT_ISSUE, "III.2", __, __, __, __, __, __, __, _F, __),
    Row(_P.TRANSCRIPT_COMPLETE, "II.3.3", __, _S, __, __, __, __, __, __, __),
    Row(_P.CANCELLATION_PROPOSE, "III.2", _O, _S, __, __, __, __, __, _F, __),
    Row(_P.CANCELLATION_VIEW, "II.3.2", __, _S, __, __, __, __, __, __, __),
    Row(_P.CANCELLATION_DECIDE, "II.3.2", __, _S, __, __, __, __, __, __, __),
    Row(_P.SUBMISSION_SEND, "II.3.4", __, _S, _S, __, __, __, __, __, __),
    Row(_P.PORTAL_VIEW, "II.3.5", __, _S, __, __, __, __, __, __, _A),
    Row(_P.RECALL_CREATE, "II.3.6.1", __, _S, __, __, __, __, __, __, __),
    Row(_P.RECALL_SEND, "II.3.6.2", __, _S, __, __, __, __, __, __, __),
    Row(_P.RECALL_DECIDE, "II.3.6", __, __, __, __, __, __, __, __, _A),
    Row(_P.USER_MANAGE, "I", __, _S, __, __, __, __, __, __, __),
    Row(_P.ROLE_GRANT, "I", __, _S, __, __, __, __, __, __, __),
    Row(_P.AUDIT_VIEW, "I", __, _S, __, __, __, __, __, __, _A),
    Row(_P.PROGRESS_VIEW, "II.3", __, _S, _S, __, _C, _C, _C, _S, _A),
    Row(_P.SYSTEM_VIEW, "I", __, _S, __, __, __, __, __, __, __),
)
"""The rows of the guide, and of our own functions, for those that have a permission of their own."""

ADMINISTRATION = frozenset(row.permission for row in TABLE if row.administration is Scope.SCHOOL)
"""What a MANAGER with the administration delegated has (CBQT)."""

APPROVAL = frozenset(row.permission for row in TABLE if row.approval is Scope.SCHOOL)
"""What a MANAGER with the approval of accounts delegated has (CBD)."""

STAFF: Mapping[Permission, Scope] = MappingProxyType(
    {row.permission: row.staff for row in TABLE if row.staff}
)
"""What everybody of a school may do there."""

DELEGABLE = ADMINISTRATION | APPROVAL | {Permission.CANCELLATION_DECIDE}
"""What an ADMIN may delegate by name.  Deciding on cancellations too: where there is one ADMIN only,
nobody else could decide on what he proposed himself."""

_TAKES: Mapping[Permission, frozenset[Permission]] = {
    Permission.SCHOOL_DATA_WRITE: frozenset({Permission.TRANSCRIPT_VIEW, Permission.PROFILE_VIEW}),
    Permission.YEAR_END_CONFIRM: frozenset({Permission.TRANSCRIPT_VIEW}),
    Permission.PROFILE_VIEW: frozenset({Permission.TRANSCRIPT_VIEW}),
    Permission.SCHOOL_CERTIFICATE_REGISTER: frozenset({Permission.SCHOOL_CERTIFICATE_VIEW}),
    Permission.SCHOOL_CERTIFICATE_COPY: frozenset({Permission.SCHOOL_CERTIFICATE_VIEW}),
    Permission.ACCOUNT_DECIDE: frozenset({Permission.ACCOUNT_VIEW}),
    Permission.ACCOUNT_COPY: frozenset({Permission.ACCOUNT_VIEW}),
    Permission.MISSING_DATA_VIEW: frozenset({Permission.TRANSCRIPT_VIEW}),
    Permission.TRANSCRIPT_CREATE: frozenset({Permission.TRANSCRIPT_VIEW, Permission.MISSING_DATA_VIEW}),
    Permission.TRANSCRIPT_EXPORT: frozenset({Permission.TRANSCRIPT_VIEW}),
    Permission.CANCELLATION_DECIDE: frozenset({Permission.CANCELLATION_VIEW, Permission.TRANSCRIPT_VIEW}),
    Permission.SUBMISSION_SEND: frozenset({Permission.TRANSCRIPT_VIEW}),
}
"""What somebody must see to do what was delegated to him."""


def delegated(names: Iterable[str]) -> frozenset[Permission]:
    """What a MANAGER has to whom these were delegated: they, and what it takes to do them.

    A name that is none, or that may not be delegated any more, gives nothing.
    """
    given = {Permission(name) for name in names if name in DELEGABLE}
    return frozenset(given.union(*(_TAKES.get(each, ()) for each in given)))


_COLUMNS = {
    Role.ADMIN: "admin",
    Role.LEADER: "leader",
    Role.HOMEROOM_TEACHER: "homeroom",
    Role.SUBJECT_TEACHER: "subject",
    Role.ISSUER: "issuer",
    Role.AUTHORITY: "authority",
}

BY_ROLE: Mapping[Permission, Mapping[Role, Scope]] = MappingProxyType(
    {
        row.permission: MappingProxyType(
            {role: scope for role, name in _COLUMNS.items() if (scope := getattr(row, name))}
        )
        for row in TABLE
    }
)
"""Permission -> the roles that have it, and how far.  MANAGER is none of them."""
