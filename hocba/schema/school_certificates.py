"""The schools' certificates: registered, taken over, decided on by the authority (C1-C4)."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

import strawberry

from hocba.actions import accounts as actions
from hocba.actions.handles import NOWHERE
from hocba.actions.outcomes import Result
from hocba.domain.permissions import Permission
from hocba.schema import account_answers as answers
from hocba.schema.account_inputs import (
    ApproveSchoolCertificatesInput,
    CopySchoolCertificateInput,
    RefuseSchoolCertificatesInput,
    RegisterSchoolCertificateInput,
)
from hocba.schema.account_types import (
    AccountFilter,
    CopySchoolCertificatePayload,
    RegisterSigningAccountPayload,
    SchoolCertificate,
    SigningAccount,
    SigningAccountsPayload,
)
from hocba.schema.bulk import results_of
from hocba.schema.context import Info, actor_of, asking_of, now_of
from hocba.schema.docs import describe
from hocba.schema.ids import local_ids
from hocba.schema.moments import year_read, year_written
from hocba.schema.pages import Connection, connection, page_of
from hocba.store.reads import accounts as reads
from hocba.store.reads.organisations import Schools, supervised
from hocba.store.reads.pages import Page


@describe
@strawberry.type
class SchoolCertificateQueries:
    """Reading schools' certificates."""

    @strawberry.field
    async def school_certificate(
        self, info: Info, school_year: str | None = None
    ) -> SchoolCertificate | None:
        """The school's certificate; to ADMIN, MANAGER, ISSUER and AUTHORITY (C3).

        :param school_year: Năm học; the year of the request when left out.
        """
        asking = asking_of(info)
        if not asking.actor.may(Permission.SCHOOL_CERTIFICATE_VIEW):
            return None
        wanted = reads.AccountFilter(year=year_read(info, school_year))
        own = Schools(day=asking.day, ids=[asking.actor.school])
        found = await reads.of_schools(own, wanted, Page(size=100))
        prefixes = ("current.", "pending.", "unproven.", "history.")
        return SchoolCertificate.of(await answers.shown(info, found.rows, *prefixes), info.context.language)

    @strawberry.field
    async def certificate_requests(
        self,
        info: Info,
        *,
        filter: AccountFilter | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[SigningAccount]:
        """The certificates of the schools that one supervises, newest first; the authority only."""
        page = page_of(info, first, after, last, before)
        rows = await reads.of_schools(asking_of(info).supervised, (filter or AccountFilter()).read(), page)
        return connection(
            rows.of(await answers.shown(info, rows.rows, "edges.node.")), lambda account: account
        )


@describe
@strawberry.type
class SchoolCertificateMutations:
    """Registering the school's certificate, and deciding on it."""

    @strawberry.mutation
    async def register_school_certificate(
        self, info: Info, input: RegisterSchoolCertificateInput
    ) -> RegisterSigningAccountPayload:
        """Register the school's certificate; once its key is proved, Chờ duyệt đăng ký (C1, C2)."""
        return await answers.register(info, input, school=True, reason=input.reason)

    @strawberry.mutation
    async def copy_school_certificate(
        self, info: Info, input: CopySchoolCertificateInput
    ) -> CopySchoolCertificatePayload:
        """Take last year's certificate of the school over: Lấy dữ liệu năm học trước (C4)."""
        actor, year = actor_of(info), year_written(info, input.school_year)
        work = partial(actions.carry_over_school, info.context.house, actor, year, now=now_of(info))

        async def only() -> list[Result]:
            return [await work()]

        (result,) = await results_of([NOWHERE], only)
        (said,) = await answers.results(info, [strawberry.ID("")], [result])
        return CopySchoolCertificatePayload(outcome=said.outcome, refusal=said.refusal, account=said.account)

    @strawberry.mutation
    async def approve_school_certificates(
        self, info: Info, input: ApproveSchoolCertificatesInput
    ) -> SigningAccountsPayload:
        """Approve schools' certificates (C1)."""
        return await _decide_schools(info, input.account_ids, approve=True, reason="")

    @strawberry.mutation
    async def refuse_school_certificates(
        self, info: Info, input: RefuseSchoolCertificatesInput
    ) -> SigningAccountsPayload:
        """Refuse schools' certificates (C1)."""
        return await _decide_schools(info, input.account_ids, approve=False, reason=input.reason)


async def _decide_schools(
    info: Info, account_ids: Sequence[strawberry.ID], *, approve: bool, reason: str
) -> SigningAccountsPayload:
    """An authority supervises many schools: it decides in each as that school's authority."""
    asking, now = asking_of(info), now_of(info)
    ids = local_ids("SigningAccount", account_ids)
    schools = await reads.schools_of(ids)
    results: dict[UUID, Result] = {}
    below = await supervised(asking.organisations, set(schools.values()), asking.day)
    for school in sorted({schools.get(one, asking.actor.school) for one in ids}):
        own = [one for one in ids if schools.get(one, asking.actor.school) == school]
        actor = asking.as_authority_of(school) if school in below else asking.actor
        work = partial(actions.decide, actor, own, approve=approve, reason=reason, now=now)
        results |= {result.id: result for result in await results_of(own, work)}
    made = [results[one] for one in ids]
    return SigningAccountsPayload(results=await answers.results(info, account_ids, made))
