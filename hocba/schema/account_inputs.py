"""What clients send about signing accounts and school certificates (C1-C9)."""

import strawberry

from hocba.schema.account_types import AccountFilter
from hocba.schema.docs import describe
from hocba.schema.secrets import SecretInput


@describe
@strawberry.input
class ProviderSignInInput:
    """Sign in at a signing provider, to choose a certificate.

    :ivar signer: Key of the provider.
    :ivar secrets: What it asks for.
    """

    signer: str
    secrets: list[SecretInput] | None = None


@describe
@strawberry.input
class RegisterSigningAccountInput:
    """Register a way to sign.

    :ivar signer: Key of the provider.
    :ivar reference: Which certificate, as providerSignIn named it.
    :ivar secrets: What the provider asks for.
    :ivar school_year: Năm học; the year of the request when left out.
    """

    signer: str
    reference: str
    secrets: list[SecretInput] | None = None
    school_year: str | None = None


@describe
@strawberry.input
class RegisterSchoolCertificateInput(RegisterSigningAccountInput):
    """Register the school's certificate, or register it again (1.1).

    :ivar reason: Why it changes; needed when one is approved already (Gửi yêu cầu đăng ký lại).
    """

    reason: str = ""


@describe
@strawberry.input
class ApproveSigningAccountsInput:
    """Approve accounts: Duyệt tài khoản (1.3).

    :ivar account_ids: These, at most 500; or use filter.
    :ivar filter: Those that it finds.
    """

    account_ids: list[strawberry.ID] | None = None
    filter: AccountFilter | None = None


@describe
@strawberry.input
class RefuseSigningAccountsInput(ApproveSigningAccountsInput):
    """Refuse accounts: Từ chối duyệt (1.3).

    :ivar reason: Why.
    """

    reason: str


@describe
@strawberry.input
class WithdrawSigningAccountsInput(ApproveSigningAccountsInput):
    """End accounts at once, with what is being signed with them: a lost token.

    :ivar reason: Why.
    """

    reason: str


@describe
@strawberry.input
class CopySigningAccountsInput:
    """Take last year's accounts over: Lấy dữ liệu năm trước (1.3).

    :ivar school_year: Into this year; the year of the request when left out.
    :ivar account_ids: These of last year's, at most 500; all of them when left out.
    """

    school_year: str | None = None
    account_ids: list[strawberry.ID] | None = None


@describe
@strawberry.input
class CopySchoolCertificateInput:
    """Take last year's certificate of the school over: Lấy dữ liệu năm học trước (1.1).

    :ivar school_year: Into this year; the year of the request when left out.
    """

    school_year: str | None = None


@describe
@strawberry.input
class ApproveSchoolCertificatesInput:
    """Approve schools' certificates; the authority only (1.1).

    :ivar account_ids: Which ones, at most 500.
    """

    account_ids: list[strawberry.ID]


@describe
@strawberry.input
class RefuseSchoolCertificatesInput(ApproveSchoolCertificatesInput):
    """Refuse schools' certificates; the authority only (1.1).

    :ivar reason: Why.
    """

    reason: str
