"""Who may call what: every field of Query, Mutation and Subscription, and what it takes.

Read by ``test_policy``, which asks the domain's table (``hocba.domain.permissions.TABLE``) who has that.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from hocba.domain.permissions import Permission
from hocba.domain.values import Role

P = Permission


class Who(Enum):
    """What stands where no permission decides."""

    ANYBODY = auto()  # signed in or not
    SIGNED_IN = auto()  # about himself, or about nothing of a school
    ANY_STAFF = auto()  # who works at the school
    AGENT = auto()  # a paired computer's token
    OWN = auto()  # whose object it is


@dataclass(frozen=True, slots=True)
class Rule:
    """What one operation takes.

    :ivar needs: one of these is enough.
    :ivar owners: the seats whose object is asked for, where one's own is enough; none: everybody's own.
    :ivar names: whether it names an object; without, somebody of another school is answered of his own.
    :ivar empty: whether somebody permitted may get an empty answer in the school of the test.
    :ivar missing: whether what it names is not there for anybody.
    :ivar but: the seats to whom the object asked for is denied all the same.
    :ivar note: where the object decides besides.
    """

    needs: tuple[P | Who | Role, ...]
    owners: frozenset[str] = frozenset()
    names: bool = False
    empty: bool = False
    missing: bool = False
    but: tuple[str, ...] = ()
    note: str = ""


def own(*needs: P | Who | Role, **more: Any) -> Rule:
    """Names no object: it is the school, or the things, of whoever asks."""
    return Rule(needs, **more)


def of(*needs: P | Who | Role, owners: tuple[str, ...] = (), **more: Any) -> Rule:
    """Names an object of the school."""
    return Rule(needs, frozenset(owners), names=True, **more)


SIGNERS = ("subject teacher", "homeroom teacher", "leader")
"""Who signs the transcripts that are asked for."""

HOLDER = ("subject teacher",)
"""Whose session, agent and signing request are asked for."""

QUERIES: dict[str, Rule] = {
    "signInWays": own(Who.ANYBODY),
    "viewer": own(Who.SIGNED_IN),
    "sessions": own(Who.SIGNED_IN),
    "staff": own(P.STAFF_VIEW),
    "users": own(P.USER_MANAGE),
    "school": own(P.SCHOOL_VIEW),
    "schools": own(Who.SIGNED_IN, empty=True, note="where one holds something"),
    "organisations": own(Role.AUTHORITY, note="those for which one acts, and below"),
    "supervisedSchools": own(Role.AUTHORITY, note="the schools of an area"),
    "permissions": own(Who.SIGNED_IN, note="the vocabulary"),
    "schoolYears": own(P.SCHOOL_VIEW),
    "assignments": of(P.TRANSCRIPT_VIEW, note="the classes that one reads"),
    "printConfiguration": own(P.SCHOOL_VIEW),
    "classes": of(P.TRANSCRIPT_VIEW, note="the classes that one reads"),
    "students": of(P.TRANSCRIPT_VIEW),
    "student": of(P.TRANSCRIPT_VIEW, note="his profile by PROFILE_VIEW"),
    "signingPlan": of(P.TRANSCRIPT_CREATE),
    "workbookTemplate": own(Who.SIGNED_IN, empty=True, note="holds nothing of a school"),
    "mySigningAccounts": own(Who.SIGNED_IN, empty=True),
    "mySigningAccount": own(Who.SIGNED_IN, empty=True),
    "signingAccounts": of(P.ACCOUNT_VIEW, owners=("leader",)),
    "schoolCertificate": own(P.SCHOOL_CERTIFICATE_VIEW),
    "certificateRequests": own(P.SCHOOL_CERTIFICATE_DECIDE),
    "issuers": own(P.ISSUE_RIGHT_VIEW),
    "signers": own(Who.SIGNED_IN),
    "plugins": own(P.SYSTEM_VIEW, empty=True),
    "agents": own(Who.SIGNED_IN, empty=True),
    "transcripts": of(P.TRANSCRIPT_VIEW),
    "transcript": of(P.TRANSCRIPT_VIEW),
    "signable": own(P.TRANSCRIPT_ISSUE, empty=True, note="what waits for one's own signature"),
    "booklet": of(P.PROFILE_VIEW),
    "cancellationProposals": own(P.CANCELLATION_VIEW),
    "signingRequest": of(Who.OWN, owners=HOLDER),
    "signingRequests": own(Who.SIGNED_IN, empty=True, note="one's own"),
    "progress": of(P.PROGRESS_VIEW),
    "progressBySchool": own(Role.AUTHORITY, note="the schools of an area"),
    "myWork": own(Who.SIGNED_IN, empty=True),
    "webhookDeliveries": own(P.SYSTEM_VIEW, empty=True),
    "auditLog": of(P.AUDIT_VIEW),
    "accessLog": of(P.AUDIT_VIEW, empty=True),
    "certificateForecast": own(Who.SIGNED_IN, empty=True, note="one's own, and what one looks after"),
    "verifyTranscript": of(Who.OWN, owners=HOLDER, empty=True, note="a file of one's own"),
    "node": of(P.TRANSCRIPT_VIEW, note="by the kind of the object; here a transcript"),
    "events": of(P.TRANSCRIPT_VIEW, note="by the kind of the object; here a transcript"),
}

MUTATIONS: dict[str, Rule] = {
    "signIn": own(Who.ANYBODY),
    "signOut": own(Who.SIGNED_IN),
    "revokeSession": of(Who.OWN, owners=HOLDER),
    "changePassword": own(Who.SIGNED_IN),
    "issueInitialPasswords": of(P.USER_MANAGE),
    "enrolTotp": own(Who.SIGNED_IN),
    "confirmTotp": own(Who.SIGNED_IN),
    "createUser": of(P.USER_MANAGE),
    "setUserActive": of(P.USER_MANAGE),
    "unlockUser": of(P.USER_MANAGE),
    "resetSecondFactor": of(P.USER_MANAGE),
    "importWorkbook": own(P.SCHOOL_DATA_WRITE, note="a file of one's own"),
    "upsertStudents": own(P.SCHOOL_DATA_WRITE),
    "upsertClasses": own(P.SCHOOL_DATA_WRITE),
    "upsertStaff": own(P.SCHOOL_DATA_WRITE),
    "upsertAssignments": own(P.SCHOOL_DATA_WRITE),
    "upsertResults": own(P.SCHOOL_DATA_WRITE),
    "upsertSummaries": own(P.SCHOOL_DATA_WRITE),
    "upsertPrimarySummaries": own(P.SCHOOL_DATA_WRITE),
    "upsertEarlierYears": own(P.SCHOOL_DATA_WRITE),
    "setOverrides": own(P.SCHOOL_DATA_WRITE),
    "removeStudents": of(P.SCHOOL_DATA_WRITE),
    "restoreStudents": of(P.SCHOOL_DATA_WRITE),
    "setPrintConfiguration": own(P.PRINTING_SET),
    "confirmYearEnd": of(P.YEAR_END_CONFIRM),
    "reopenYearEnd": of(P.YEAR_END_CONFIRM),
    "providerSignIn": own(Who.SIGNED_IN),
    "registerSigningAccount": own(P.ACCOUNT_REGISTER),
    "approveSigningAccounts": of(P.ACCOUNT_DECIDE, but=("authority",), note="an AUTHORITY for an ADMIN's"),
    "refuseSigningAccounts": of(P.ACCOUNT_DECIDE, but=("authority",), note="an AUTHORITY for an ADMIN's"),
    "withdrawSigningAccounts": of(Who.OWN, Role.ADMIN, owners=("leader",)),
    "copySigningAccounts": of(P.ACCOUNT_COPY, missing=True),
    "registerSchoolCertificate": own(P.SCHOOL_CERTIFICATE_REGISTER),
    "copySchoolCertificate": own(P.SCHOOL_CERTIFICATE_COPY),
    "approveSchoolCertificates": of(P.SCHOOL_CERTIFICATE_DECIDE),
    "refuseSchoolCertificates": of(P.SCHOOL_CERTIFICATE_DECIDE),
    "grantIssueRight": of(P.ISSUE_RIGHT_GRANT),
    "grantPermissions": of(P.ROLE_GRANT),
    "withdrawPermissions": of(P.ROLE_GRANT),
    "withdrawIssueRight": of(P.ISSUE_RIGHT_GRANT),
    "beginPairing": own(Who.ANYBODY),
    "lookUpPairing": own(Who.SIGNED_IN),
    "confirmPairing": own(Who.SIGNED_IN),
    "claimPairing": own(Who.ANYBODY),
    "revokeAgent": of(Who.OWN, owners=HOLDER),
    "takeAgentJob": own(Who.AGENT),
    "answerSigning": of(Who.AGENT),
    "declineSigning": of(Who.AGENT),
    "createTranscripts": of(P.TRANSCRIPT_CREATE),
    "proposeCancellation": of(P.CANCELLATION_PROPOSE, owners=SIGNERS),
    "approveCancellations": of(P.CANCELLATION_DECIDE),
    "refuseCancellations": of(P.CANCELLATION_DECIDE),
    "completeTranscripts": of(P.TRANSCRIPT_COMPLETE),
    "reopenTranscripts": of(P.TRANSCRIPT_COMPLETE),
    "exportTranscripts": of(P.TRANSCRIPT_EXPORT),
    "beginSigning": of(P.TRANSCRIPT_SIGN, owners=("leader",), note="by the slot, with one's own account"),
    "continueSigning": of(Who.OWN, owners=HOLDER),
    "retrySigning": of(Who.OWN, owners=HOLDER),
    "cancelSigning": of(Who.OWN, owners=HOLDER),
    "remind": of(P.TRANSCRIPT_CREATE, note="who makes a class's transcripts"),
}

SUBSCRIPTIONS: dict[str, Rule] = {
    "signingRequest": of(Who.OWN, owners=HOLDER),
    "progress": of(P.PROGRESS_VIEW),
    "myWork": own(Who.SIGNED_IN, empty=True),
}
