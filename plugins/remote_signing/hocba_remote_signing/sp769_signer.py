"""A service of the 769 profile as a signer: one confirmation on the telephone for a whole order.

::

    sign ──> the telephone rings ──> status … waiting ──> status: the raw values
                                       └── rejected, expired

Nothing is kept here: what it takes to ask again (the transaction's name, the references, until when)
goes back to the core as ``resume``.  A service's own call is a bell: the status is asked for, and what
the call itself says is not believed.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Self

from hocba.plugin_api import (
    Capabilities,
    Kind,
    Login,
    LoginFailed,
    Order,
    Outcome,
    Pending,
    PluginContext,
    RefusalCode,
    Refused,
    Secret,
    SecretName,
    Signed,
    SignerError,
    VendorCertificate,
)
from hocba_remote_signing import sp769
from hocba_remote_signing.protocol import CARD_UNKNOWN
from hocba_remote_signing.service import Sp769Service
from hocba_remote_signing.sp769 import Phase, Said, Status

_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")
"""What a transaction may be called: it becomes a part of an address."""

_UNKNOWN_PERSON = {HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
_ENDED = {Phase.REJECTED: RefusalCode.SIGNER_REFUSED, Phase.EXPIRED: RefusalCode.ITEM_EXPIRED}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What it takes to ask again about an order."""

    transaction: str
    references: tuple[str, ...] = field(repr=False)
    until: datetime

    def dump(self) -> bytes:
        """As the core keeps it."""
        return json.dumps([self.transaction, self.references, self.until.isoformat()]).encode()

    @classmethod
    def load(cls, resume: bytes) -> Self:
        """What ``dump`` wrote.

        :raises SignerError: when it is nothing of ours.
        """
        try:
            transaction, references, until = json.loads(resume)
            return cls(transaction, tuple(references), datetime.fromisoformat(until))
        except (ValueError, TypeError):
            raise SignerError("769: not what was written down") from None


class Sp769Signer:
    """Signs by one service."""

    kinds = frozenset({Kind.PERSON, Kind.ORGANISATION})

    def __init__(self, context: PluginContext, service: Sp769Service) -> None:
        self.key = service.key
        self.title = service.title
        self.capabilities = Capabilities(
            secrets=(SecretName.USERNAME,), max_batch=service.max_batch, algorithms=frozenset({"rsa-sha256"})
        )
        self._service = service
        self._http = context.http
        self._clock = context.clock
        self._log = context.log

    async def sign_in(self, secrets: Mapping[SecretName, Secret]) -> Login:
        """The personal id (or, for a seal, the tax code) that the service knows its holder by."""
        if SecretName.USERNAME not in secrets:
            raise LoginFailed(CARD_UNKNOWN)
        return Login(secrets[SecretName.USERNAME])

    async def certificates(self, login: Login) -> Sequence[VendorCertificate]:
        """The certificates of this holder that may sign now.

        :raises LoginFailed: when the service knows nobody of that id.
        """
        try:
            given = await self._post(sp769.GET_CERTIFICATE, {"user_id": login.value.reveal()})
        except Said as said:
            if said.status in _UNKNOWN_PERSON:
                raise LoginFailed(CARD_UNKNOWN) from None
            raise
        return tuple(sp769.certificates(given))

    async def start(self, order: Order, login: Login) -> Outcome:
        """Send the digests; the telephone rings.

        The certificate must still be the holder's.  An order of that name may be at the service already,
        when its first answer was lost.
        """
        held = {each.reference: each.certificate for each in await self.certificates(login)}
        references = tuple(item.reference for item in order.items)
        if held.get(order.key) != order.certificate:
            return Outcome(_refused(references, RefusalCode.CERTIFICATE_NOT_ON_TOKEN))
        body = {
            "user_id": login.value.reveal(),
            "transaction_id": order.transaction,
            "transaction_desc": order.description,
            "serial_number": order.key,
            "time_stamp": sp769.stamp(self._clock()),
            "sign_files": sp769.files(order.items),
        }
        name = order.transaction
        try:
            given = await self._post(sp769.SIGN, body)
        except Said as said:
            if not await self._is_there(name):
                return _refusal(said, references)
        else:
            if self._service.known_by_code:
                name = _must_be_name(sp769.tran_code(given) or name)
        return self._pending(Waiting(name, references, self._clock() + self._service.patience))

    async def poll(self, resume: bytes) -> Outcome:
        """Ask how it is going."""
        waiting = Waiting.load(resume)
        status = await self._status(waiting.transaction)
        if status.phase in _ENDED:
            return Outcome(_refused(waiting.references, _ENDED[status.phase]))
        if status.phase is Phase.SIGNED:
            return _answered(waiting.references, status)
        return self._pending(waiting)

    async def cancel(self, resume: bytes) -> None:
        """The profile has no way to take an order back: the telephone's question runs out."""

    async def callback(self, headers: Mapping[str, str], body: bytes) -> Mapping[str, Outcome]:
        """A bell: ask for the status of the transaction that it names.

        :raises SignerError: when it is not about us.
        """
        name = _named(body, self._service.sp_id)
        if self._service.known_by_code:
            return {}  # the service's own name for it is in ``resume`` alone: the next poll finds it
        status = await self._status(name)
        if status.phase is not Phase.SIGNED:
            return {}
        return {name: _answered(tuple(status.signatures), status)}

    async def _is_there(self, transaction: str) -> bool:
        try:
            return (await self._status(transaction)).phase in {Phase.WAITING, Phase.SIGNED}
        except Said:
            return False

    async def _status(self, transaction: str) -> Status:
        try:
            return sp769.status(await self._post(f"{sp769.SIGN}/{transaction}/status", {}))
        except Said as said:
            # Some services answer an error for what was refused or has expired.
            if (phase := sp769.phase_of(said.word)) is Phase.UNKNOWN:
                raise
            return Status(phase)

    async def _post(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        us = {"sp_id": self._service.sp_id, "sp_password": self._service.sp_password.reveal()}
        given = await self._http.post(self._service.base_url + path, json={**us, **body})
        try:
            return sp769.parse(given)
        except Said as said:
            if said.status == HTTPStatus.UNAUTHORIZED:
                self._log.error("%s: the service does not know our sp_id", self.key)
            raise

    def _pending(self, waiting: Waiting) -> Outcome:
        every = timedelta(seconds=self._service.poll_seconds)
        return Outcome(rest=Pending(waiting.dump(), poll_after=every, expires_at=waiting.until))


def _refusal(said: Said, references: Sequence[str]) -> Outcome:
    """What became of an order that the service did not take.

    :raises Said: the error itself, when a new try may help.
    """
    if said.status == HTTPStatus.FORBIDDEN:
        return Outcome(_refused(references, RefusalCode.CERTIFICATE_NOT_ON_TOKEN))
    raise said


def _answered(references: Sequence[str], status: Status) -> Outcome:
    """A value for each reference that has one; what else the service says is passed over."""
    known = [each for each in references if each in status.signatures]
    missing = [each for each in references if each not in status.signatures]
    signed = [Signed(each, status.signatures[each]) for each in known]
    return Outcome((*signed, *_refused(missing, RefusalCode.SIGNER_UNAVAILABLE)))


def _refused(references: Sequence[str], code: RefusalCode) -> tuple[Refused, ...]:
    return tuple(Refused(each, code) for each in references)


def _named(body: bytes, sp_id: str) -> str:
    try:
        given = json.loads(body)
        ours = given["sp_id"] == sp_id
        name = given["transaction_id"]
    except (ValueError, TypeError, KeyError):
        ours, name = False, ""
    if not ours:
        raise SignerError("769: a call that is not about us")
    return _must_be_name(name)


def _must_be_name(given: Any) -> str:
    if isinstance(given, str) and _NAME.fullmatch(given):
        return given
    raise SignerError("769: no name of a transaction")
