"""The enums of the API: the domain's own, with the words that users read beside each value."""

from collections.abc import Iterable
from enum import Enum, StrEnum
from typing import Any

from hocba.actions.outcomes import Outcome
from hocba.domain.accounts import AccountState, CertificateState
from hocba.domain.errors import Code
from hocba.domain.organisations import OrganisationKind
from hocba.domain.permissions import Permission, Scope
from hocba.domain.readiness import Gap, Place
from hocba.domain.signing import ItemState, Purpose, RequestState
from hocba.domain.trust import Concern
from hocba.domain.values import Level, Ownership, Profile, Role, Status, Step, Term
from hocba.plugin_api import ItemKind, SecretName
from hocba.plugin_api import Kind as SignerKind
from hocba.schema.docs import describe_enum
from hocba.words import label
from hocba.words.gaps import GAPS
from hocba.words.sentences import SENTENCES


class TranscriptOrder(StrEnum):
    """How a list of transcripts is ordered."""

    NAME = "name"
    NEWEST = "newest"


class FileKind(StrEnum):
    """What a transcript can be downloaded as."""

    XML = "xml"
    PDF = "pdf"
    HTML = "html"


class VerdictOutcome(StrEnum):
    """What verifying a file came to."""

    PASSED = "passed"
    FAILED = "failed"
    INDETERMINATE = "indeterminate"


def _labelled(members: Iterable[StrEnum]) -> dict[Any, str]:
    return {member: f"{label(member)} ({label(member, 'en')})" for member in members}


def _plain(enum: type[Enum], *texts: str) -> dict[Any, str]:
    return dict(zip(enum, texts, strict=True))


describe_enum(Status, "Where a transcript is.", _labelled(Status), name="TranscriptStatus")
describe_enum(Step, "The signing steps, in order.", _labelled(Step), name="SigningStep")
describe_enum(Role, "What a person may do in one school and school year.", _labelled(Role))
describe_enum(Permission, "What may be done.", _labelled(Permission))
describe_enum(Scope, "How far a permission reaches.", _labelled(Scope), name="PermissionScope")
describe_enum(Concern, "Why a certificate will not serve.", _labelled(Concern), name="CertificateConcern")
describe_enum(Level, "The level of a school: cấp học.", _labelled(Level), name="SchoolLevel")
describe_enum(Ownership, "Whose a school is.", _labelled(Ownership))
describe_enum(OrganisationKind, "What kind of authority it is, from the top.", _labelled(OrganisationKind))
describe_enum(Term, "A term: học kì.", _labelled(Term))
describe_enum(
    Profile,
    "How the document of a transcript is written.",
    _plain(
        Profile,
        "moet-th-1.0, the official one of primary schools: homeroom teacher, leader and school sign.",
        "hocba-2.0: subject teachers sign too.",
    ),
    name="TranscriptProfile",
)
describe_enum(Place, "Where missing data is mended.", _labelled(Place), name="MissingWhere")
describe_enum(Code, "Why the rules said no.", {code: SENTENCES[code][0] for code in Code}, name="RefusalCode")
describe_enum(Gap, "What kind of data is missing.", {gap: GAPS[gap][0] for gap in Gap}, name="MissingCode")
describe_enum(
    Outcome,
    "What became of one object of a bulk operation.",
    _plain(Outcome, "It was done.", "It was so already.", "The rules said no: see refusal."),
)
describe_enum(
    RequestState, "Where a signing request is.", _labelled(RequestState), name="SigningRequestState"
)
describe_enum(
    ItemState,
    "Where one thing to sign is.",
    _plain(
        ItemState,
        "Not prepared yet.",
        "The bytes to sign are there.",
        "The signer has them.",
        "A value came back and is being checked.",
        "Signed, checked, stored.",
        "Not signed: see refusal.",
        "Nobody answered in time; it can be tried again.",
        "Its request was cancelled.",
    ),
    name="SigningItemState",
)
describe_enum(
    Purpose,
    "What a signature is for.",
    _plain(
        Purpose,
        "A slot of a transcript.",
        "The school's seal on the PDF.",
        "A list of transcripts to submit.",
        "A list of transcripts to recall.",
        "Proof that somebody holds a key.",
    ),
    name="SigningPurpose",
)
describe_enum(AccountState, "Where a signing account is.", _labelled(AccountState))
describe_enum(
    CertificateState,
    "How far a school has come with its certificate.",
    _labelled(CertificateState),
    name="SchoolCertificateState",
)
describe_enum(
    SecretName,
    "What a signing provider may ask a person for.",
    _plain(SecretName, "User name.", "Password.", "PIN of the key.", "One-time code."),
)
describe_enum(
    SignerKind,
    "Whose certificates a signing provider holds.",
    _plain(SignerKind, "A person's.", "An organisation's."),
    name="SignerKind",
)
describe_enum(
    ItemKind,
    "What the bytes to be signed are.",
    _plain(ItemKind, "A canonical SignedInfo.", "CMS signed attributes of a PDF.", "Proof of possession."),
    name="SigningItemKind",
)
describe_enum(
    TranscriptOrder,
    "How a list of transcripts is ordered.",
    _plain(TranscriptOrder, "By the pupil's name, in Vietnamese order.", "Newest first."),
)
describe_enum(
    FileKind,
    "What a transcript can be downloaded as.",
    _plain(FileKind, "The XML with its signatures so far.", "The sealed PDF.", "As people read it."),
)
describe_enum(
    VerdictOutcome,
    "What verifying a file came to.",
    _plain(
        VerdictOutcome,
        "Every required check was made and passed.",
        "A check was made and said no.",
        "A required check could not be made.",
    ),
)
