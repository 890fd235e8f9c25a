"""The one module a vendor's plugin imports.

A plugin is a package with an entry point in group ``hocba`` whose module implements any of
the hooks below.  Hooks *register* things and do nothing else: they are called once, at
start, with a ``PluginContext``.  What they register does the work, and is asynchronous.

.. code-block:: toml

   [project.entry-points.hocba]
   acme = "hocba_acme"

.. code-block:: python

   from hocba.plugin_api import hookimpl, PluginContext, Signer

   HOCBA_API = 1

   @hookimpl
   def hocba_register_signers(context: PluginContext) -> list[Signer]:
       return [AcmeSigner(context)]

A plugin turns bytes to be signed into raw signatures and knows nothing of XML, PDF,
transcripts or the database.  Every signature that it returns is verified against the
registered certificate before it is believed.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

import pluggy

API_VERSION = 1
"""A plugin module says ``HOCBA_API = 1``; another number is set aside, not loaded."""

hookspec = pluggy.HookspecMarker("hocba")
hookimpl = pluggy.HookimplMarker("hocba")


class Secret:
    """A PIN, password or one-time code, on its way to the vendor.

    It is never stored, logged or put on a queue, and neither its ``repr``, ``str`` nor a
    pickle gives anything away.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself.  Call it where it leaves the process, nowhere else."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __reduce__(self) -> Any:
        raise TypeError("a Secret is not stored")


class SecretName(StrEnum):
    """What a vendor may ask a person for."""

    USERNAME = "username"
    PASSWORD = "password"  # noqa: S105 -- the name of a field
    PIN = "pin"
    OTP = "otp"


class Kind(StrEnum):
    """Whose certificates a signer holds."""

    PERSON = "person"
    ORGANISATION = "organisation"


class ItemKind(StrEnum):
    """What the bytes to be signed are."""

    XADES = "xades"  # a canonical ds:SignedInfo
    PADES = "pades"  # DER of CMS signed attributes
    CHALLENGE = "challenge"  # proof of possession


class RefusalCode(StrEnum):
    """Why an item or an order was not signed: the words that vendors may use."""

    SIGNER_REFUSED = "signer_refused"  # the person said no on the phone
    USER_CANCELLED = "user_cancelled"
    PIN_INCORRECT = "pin_incorrect"
    PIN_LOCKED = "pin_locked"
    TOKEN_REMOVED = "token_removed"  # noqa: S105 -- a code
    CERTIFICATE_NOT_ON_TOKEN = "certificate_not_on_token"  # noqa: S105 -- a code
    SIGNER_LOGIN_FAILED = "signer_login_failed"
    SIGNER_UNAVAILABLE = "signer_unavailable"
    ITEM_EXPIRED = "item_expired"


class SignerError(Exception):
    """The vendor could not be reached or broke its protocol.  May be tried again."""


class LoginFailed(SignerError):  # noqa: N818 -- reads as the fact that it is
    """*Thông tin thẻ không tồn tại hoặc không đúng*.  Not tried again by itself."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a signer can do and needs.

    :ivar secrets: what a person must give for each batch (the agent asks for the PIN itself).
    :ivar max_batch: most items in one order.
    :ivar algorithms: what its keys sign with.  For information: what is prepared follows the
        certificate's key, ``rsa-sha256`` or ``ecdsa-sha256``.
    :ivar pushed: the answers come from an agent on the person's own computer; the core
        hands it the items and calls neither ``start`` nor ``poll``.
    """

    secrets: tuple[SecretName, ...] = ()
    max_batch: int = 50
    algorithms: frozenset[str] = frozenset({"rsa-sha256", "ecdsa-sha256"})
    pushed: bool = False


@dataclass(frozen=True, slots=True)
class Login:
    """A sign-in at the vendor.  Opaque to the core; lives in memory only."""

    value: Any = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class VendorCertificate:
    """One certificate that a login offers.  ``reference`` is how the vendor calls the key."""

    reference: str
    certificate: bytes
    """DER."""
    chain: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to sign.

    :ivar reference: echoed back with the answer.
    :ivar tbs: the very bytes to be signed; ``digest`` is their SHA-256.
    :ivar title: what a person reads before he agrees.
    """

    reference: str
    tbs: bytes
    digest: bytes
    kind: ItemKind
    title: str


@dataclass(frozen=True, slots=True)
class Order:
    """What the core asks a signer for.  ``transaction`` is stable over retries."""

    transaction: str
    key: str
    """``VendorCertificate.reference`` of the registered account."""
    certificate: bytes
    description: str
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Signed:
    """The raw signature of one item: PKCS#1, ECDSA (DER or r‖s) or a CMS."""

    reference: str
    value: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """One item that was not signed, and why."""

    reference: str
    code: RefusalCode


@dataclass(frozen=True, slots=True)
class Pending:
    """The person must still confirm (*Chờ xác nhận ký số*).

    ``resume`` is all that ``poll`` needs; the core keeps it encrypted and forgets it after.
    """

    resume: bytes = field(repr=False)
    poll_after: timedelta
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Needs:
    """The vendor wants more from the person before it signs the rest."""

    secrets: tuple[SecretName, ...]


@dataclass(frozen=True, slots=True)
class LoginUrl:
    """The person must sign in at the vendor's page first."""

    url: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order: an answer per item, and what the rest waits for, if anything.

    Items with neither an answer nor a ``rest`` count as refused (SIGNER_UNAVAILABLE).
    """

    items: Sequence[Signed | Refused] = ()
    rest: Pending | Needs | LoginUrl | None = None


class Answer(Protocol):
    """An HTTP answer as plugins see it."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Http(Protocol):
    """The one way out: allowed hosts only, no redirects, time and size limits."""

    async def post(
        self,
        url: str,
        *,
        json: Any = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        patience: timedelta | None = None,
    ) -> Answer:
        """:raises SignerError: when there is no answer in time."""
        ...

    async def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, patience: timedelta | None = None
    ) -> Answer:
        """:raises SignerError: when there is no answer in time."""
        ...


@dataclass(frozen=True, slots=True)
class PluginContext:
    """What a plugin is given.

    :ivar settings: ``[plugins.<key>]`` of the settings file, or ``HOCBA_PLUGIN_<KEY>__<NAME>``.
    :ivar clock: the time, UTC-aware.
    :ivar log: redacts secrets.
    """

    http: Http
    settings: Mapping[str, str]
    clock: Callable[[], datetime]
    log: logging.Logger


@runtime_checkable
class Signer(Protocol):
    """One way to sign.  Stateless: everything to go on is in the arguments."""

    key: str
    """Stored in the database: stable for ever, kebab-case, e.g. ``acme-remote``."""

    title: str
    """Shown to users, e.g. ``Acme CA``."""

    kinds: frozenset[Kind]
    capabilities: Capabilities

    async def sign_in(self, secrets: Mapping[SecretName, Secret]) -> Login:
        """Sign in at the vendor.

        :raises LoginFailed: when the vendor does not know these secrets.
        :raises SignerError: when the vendor cannot be asked now.
        """
        ...

    async def certificates(self, login: Login) -> Sequence[VendorCertificate]:
        """The certificates that this login may sign with."""
        ...

    async def start(self, order: Order, login: Login) -> Outcome:
        """Sign.  May take as long as the person takes to confirm; no lock is held meanwhile.

        :raises SignerError: when the vendor cannot be asked now.
        """
        ...

    async def poll(self, resume: bytes) -> Outcome:
        """Ask how an order that answered ``Pending`` is going.  Safe to repeat."""
        ...

    async def cancel(self, resume: bytes) -> None:
        """Tell the vendor that nobody waits any more.  Best effort."""
        ...

    async def callback(self, headers: Mapping[str, str], body: bytes) -> Mapping[str, Outcome]:
        """A vendor's call to ``POST /hooks/<plugin>``: transaction -> outcome.

        :raises SignerError: when the call is not genuine.
        """
        ...


class PortalError(Exception):
    """The portal could not be reached or broke its protocol.  May be tried again."""


@dataclass(frozen=True, slots=True)
class Document:
    """One transcript on its way to a portal."""

    lookup_code: str
    xml: bytes


@dataclass(frozen=True, slots=True)
class Packet:
    """Transcripts that travel together: unsigned XML and the Id that the list signature covers."""

    xml: bytes
    signed_id: str
    lookup_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What the portal says of one transcript; ``accepted`` is ``None`` while it is not decided."""

    lookup_code: str
    accepted: bool | None
    error: str = ""
    field: str = ""


@runtime_checkable
class Portal(Protocol):
    """A receiving portal (CV 2088).  A receipt is not an acceptance: ask for the decisions."""

    key: str
    title: str

    def packets(self, documents: Sequence[Document]) -> Sequence[Packet]:
        """Pack by encoded size, never by count."""
        ...

    async def submit(self, packet: Packet, signature: bytes, message: str) -> None:
        """Send.  ``message`` is unique per packet and re-used on every retry.

        :raises PortalError: when the portal cannot be asked now.
        """
        ...

    async def decisions(self, message: str) -> Sequence[Decision]:
        """What became of a packet.

        :raises PortalError: when the portal cannot be asked now.
        """
        ...


@hookspec
def hocba_register_signers(context: PluginContext) -> Sequence[Signer]:  # type: ignore[empty-body]
    """Return the signers that this plugin brings."""


@hookspec
def hocba_register_portals(context: PluginContext) -> Sequence[Portal]:  # type: ignore[empty-body]
    """Return the portals that this plugin brings."""
