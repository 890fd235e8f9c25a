"""Which certificates will not serve until the transcripts are due (C6, D14)."""

from datetime import datetime
from typing import Self

import strawberry

from hocba import words
from hocba.actions import forecasting
from hocba.actions.forecasting import Forecast
from hocba.domain.accounts import AccountState
from hocba.domain.trust import Concern
from hocba.schema.context import Info, asking_of
from hocba.schema.docs import describe
from hocba.schema.ids import global_id, maybe_id
from hocba.schema.moments import with_zone, year_read
from hocba.schema.pages import Connection, connection, page_of
from hocba.schema.transcript_types import Certificate
from hocba.store.reads.pages import slice_of


@describe
@strawberry.type
class CertificateForecast:
    """A signing account whose certificate will not serve, or may not.

    :ivar account_id: The account.
    :ivar school_id: Its school.
    :ivar school_name: The school's name.
    :ivar person_id: Whose it is; null for the school's own.
    :ivar person_name: Whose it is, by name.
    :ivar state: Where the account is.
    :ivar concerns: Why it will not serve.
    :ivar concern_labels: What users read of that, in the same order.
    :ivar revoked_since: From when it is revoked.
    :ivar certificate: The certificate.
    """

    account_id: strawberry.ID
    school_id: strawberry.ID
    school_name: str
    person_id: strawberry.ID | None
    person_name: str | None
    state: AccountState
    concerns: list[Concern]
    concern_labels: list[str]
    revoked_since: datetime | None
    certificate: Certificate

    @classmethod
    def of(cls, found: Forecast, language: words.Lang) -> Self:
        """From what was found."""
        account = found.account
        return cls(
            account_id=global_id("SigningAccount", account.id),
            school_id=global_id("School", account.school_id),
            school_name=account.school_name,
            person_id=maybe_id("Person", account.person_id),
            person_name=account.person_name or None,
            state=AccountState(account.state),
            concerns=list(found.concerns),
            concern_labels=[words.label(concern, language) for concern in found.concerns],
            revoked_since=found.revoked_since,
            certificate=Certificate(
                fingerprint=account.fingerprint,
                subject=account.subject,
                issuer=account.issuer,
                not_before=account.not_before,
                not_after=account.not_after,
            ),
        )


@describe
@strawberry.input
class CertificateForecastFilter:
    """Of which accounts, and how long they should hold.

    :ivar school_year: Năm học; the year of the request when left out.
    :ivar until: Until when they should hold; until the year's transcripts are due when left out.
    """

    school_year: str | None = None
    until: datetime | None = None


@describe
@strawberry.type
class ForecastQueries:
    """Looking ahead."""

    @strawberry.field
    async def certificate_forecast(
        self,
        info: Info,
        *,
        filter: CertificateForecastFilter | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[CertificateForecast]:
        """The accounts whose certificates end too early, are revoked or not known to be good.

        One's own; the staff's and the school's to who looks after them; to the authority those of the
        schools below it. The first to end comes first.
        """
        asking, given = asking_of(info), filter or CertificateForecastFilter()
        page = page_of(info, first, after, last, before)
        found = await forecasting.forecast(
            info.context.house,
            asking.actor,
            asking.supervised,
            year_read(info, given.school_year),
            until=with_zone(given.until),
        )
        rows = slice_of(found, lambda each: (each.account.not_after, each.account.id), page)
        return connection(rows, lambda each: CertificateForecast.of(each, info.context.language))
