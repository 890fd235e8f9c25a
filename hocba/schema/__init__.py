"""The GraphQL schema: thin types and resolvers over the actions and reads.

A resolver reads its input, calls one action or one read, and shapes the answer.  No rules here,
no rows of the database, no SQL; nested data is fetched where the operation begins, from what the
client asked for.
"""

from collections.abc import Sequence
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig

from hocba.schema import enums  # noqa: F401 -- makes the enums known before any type uses them
from hocba.schema.accounts import AccountMutations, AccountQueries
from hocba.schema.agents import AgentMutations, AgentQueries
from hocba.schema.audit import AuditQueries
from hocba.schema.booklets import BookletQueries
from hocba.schema.classes import ClassQueries
from hocba.schema.delegating import DelegatingMutations, DelegatingQueries
from hocba.schema.docs import describe
from hocba.schema.errors import make_safe
from hocba.schema.forecast import ForecastQueries
from hocba.schema.guard import Guard
from hocba.schema.importing import ImportMutations, ImportQueries
from hocba.schema.issue_right import IssueRightMutations, IssueRightQueries
from hocba.schema.leaving import LeavingMutations
from hocba.schema.messages import MessageMutations, MessageQueries
from hocba.schema.nodes import NodeQueries
from hocba.schema.organisations import OrganisationQueries
from hocba.schema.passwords import PasswordMutations
from hocba.schema.people import PeopleMutations, PeopleQueries
from hocba.schema.progress import ProgressQueries, ProgressSubscriptions
from hocba.schema.scalars import SECRET, Secret
from hocba.schema.school import SchoolQueries
from hocba.schema.school_certificates import SchoolCertificateMutations, SchoolCertificateQueries
from hocba.schema.second_factor import SecondFactorMutations
from hocba.schema.signers import SignerQueries
from hocba.schema.signing import SigningMutations, SigningQueries, SigningSubscriptions
from hocba.schema.students import StudentQueries
from hocba.schema.transcript_moves import CancellationQueries, TranscriptMutations
from hocba.schema.transcripts import TranscriptQueries
from hocba.schema.upserts_of_pupils import PupilUpserts
from hocba.schema.upserts_of_school import SchoolUpserts
from hocba.schema.users import UserMutations, UserQueries
from hocba.schema.verifying import VerifyQueries
from hocba.schema.witness import Witness
from hocba.schema.year_end import YearEndMutations

__all__ = ["schema"]


@describe
@strawberry.type
class Query(
    PeopleQueries,
    UserQueries,
    DelegatingQueries,
    SchoolQueries,
    OrganisationQueries,
    ClassQueries,
    StudentQueries,
    ImportQueries,
    AccountQueries,
    SchoolCertificateQueries,
    IssueRightQueries,
    SignerQueries,
    AgentQueries,
    TranscriptQueries,
    BookletQueries,
    CancellationQueries,
    SigningQueries,
    ProgressQueries,
    MessageQueries,
    AuditQueries,
    ForecastQueries,
    VerifyQueries,
    NodeQueries,
):
    """Everything that can be read."""


@describe
@strawberry.type
class Mutation(
    PeopleMutations,
    PasswordMutations,
    SecondFactorMutations,
    UserMutations,
    DelegatingMutations,
    ImportMutations,
    SchoolUpserts,
    PupilUpserts,
    LeavingMutations,
    YearEndMutations,
    AccountMutations,
    SchoolCertificateMutations,
    IssueRightMutations,
    AgentMutations,
    TranscriptMutations,
    SigningMutations,
    MessageMutations,
):
    """Everything that can be done."""


@describe
@strawberry.type
class Subscription(SigningSubscriptions, ProgressSubscriptions):
    """What is told as it happens."""


class _Schema(strawberry.Schema):
    """Errors leave made safe, and the log gets no texts."""

    def process_errors(self, errors: Sequence[GraphQLError], execution_context: Any = None) -> None:
        """Make every error safe."""
        for error in errors:
            make_safe(error)


schema = _Schema(
    Query,
    Mutation,
    Subscription,
    extensions=[Guard, Witness],
    config=StrawberryConfig(
        disable_field_suggestions=True, scalar_map={Secret: SECRET}, relay_max_results=100
    ),
)
