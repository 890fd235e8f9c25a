"""A signing service in memory, with a telephone, that misbehaves when it is told to.

Everybody whose certificate it holds may sign.  An order takes the next of its ``faults``, and is answered
as it should be when there is none.
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from hocba.plugin_api import (
    Capabilities,
    Item,
    Kind,
    Login,
    LoginFailed,
    Order,
    Outcome,
    Pending,
    RefusalCode,
    Refused,
    Secret,
    SecretName,
    Signed,
    SignerError,
    VendorCertificate,
)
from hocba.testing.pki import Issued

CARD_UNKNOWN = "Thông tin thẻ không tồn tại hoặc không đúng"
CODE = "2468"
"""The password that opens everybody's card."""


class Fault(StrEnum):
    """How an order goes wrong."""

    WRONG_PIN = "wrong_pin"  # every item is refused; the next order goes well
    REJECTED = "rejected"  # the person says no on the telephone
    EXPIRED_IN_THE_MIDDLE = "expired_in_the_middle"  # one half is signed, the other too late
    REVOKED = "revoked"  # the certificate is no longer on the card
    ANSWER_LOST = "answer_lost"  # all is signed, and nobody hears of it
    DUPLICATE = "duplicate"  # each answer comes twice
    SWAPPED = "swapped"  # each item gets its neighbour's signature
    LYING = "lying"  # bytes of the right length that sign nothing
    OTHER_CERTIFICATE = "other_certificate"  # signed well, by somebody else's key
    STRANGE_ITEMS = "strange_items"  # signatures of what nobody asked for
    PART_LEFT_OUT = "part_left_out"  # one half has neither an answer nor a reason
    SLOW = "slow"  # right, after ``FakeVendor.patience``
    NEVER = "never"  # no answer at all
    BROKEN = "broken"  # raises what no plugin should


@dataclass(kw_only=True)
class FakeVendor:
    """A service and the cards it holds, by label.

    :ivar phone: whether a telephone rings: an order is pending until ``press`` says yes or no.
    :ivar faults: for the next orders, in turn.
    :ivar orders: every order that arrived, by its transaction; the same one twice is one.
    :ivar signed: how often each reference was signed: an answer is one, whoever heard it.
    """

    cards: Mapping[str, Issued]
    key: str = "fake-vendor"
    title: str = "Fake vendor"
    phone: bool = False
    patience: timedelta = timedelta(seconds=0.2)
    faults: list[Fault] = field(default_factory=list)
    orders: dict[str, Order] = field(default_factory=dict)
    pressed: dict[str, bool] = field(default_factory=dict)
    signed: dict[str, int] = field(default_factory=dict)
    capabilities: Capabilities = field(
        default_factory=lambda: Capabilities(secrets=(SecretName.USERNAME, SecretName.PASSWORD))
    )
    kinds: frozenset[Kind] = frozenset({Kind.PERSON, Kind.ORGANISATION})
    _under: dict[str, Fault | None] = field(default_factory=dict)

    async def sign_in(self, secrets: Mapping[SecretName, Secret]) -> Login:
        """The label of a card, and the password that opens all of them."""
        given = {name: secret.reveal() for name, secret in secrets.items()}
        if given.get(SecretName.PASSWORD) != CODE or given.get(SecretName.USERNAME) not in self.cards:
            raise LoginFailed(CARD_UNKNOWN)
        return Login(given[SecretName.USERNAME])

    async def certificates(self, login: Login) -> Sequence[VendorCertificate]:
        """The one card of this login."""
        return [VendorCertificate(login.value, self.cards[login.value].der)]

    async def start(self, order: Order, login: Login) -> Outcome:
        """Sign, or let the telephone ring; an order of the same name is the same order."""
        if order.key != login.value or self.cards[order.key].der != order.certificate:
            return self._all_refused(order, RefusalCode.CERTIFICATE_NOT_ON_TOKEN)
        if order.transaction not in self.orders:
            self.orders[order.transaction] = order
            self._under[order.transaction] = self.faults.pop(0) if self.faults else None
        if self.phone:
            return self._ringing(order.transaction)
        return await self._answer(order)

    async def poll(self, resume: bytes) -> Outcome:
        """How it is going; the same answer however often it is asked."""
        try:
            order = self.orders[json.loads(resume)]
        except (ValueError, TypeError, KeyError):
            raise SignerError("no order of that name") from None
        match self.pressed.get(order.transaction):
            case None:
                return self._ringing(order.transaction)
            case False:
                return self._all_refused(order, RefusalCode.SIGNER_REFUSED)
        return await self._answer(order)

    async def cancel(self, resume: bytes) -> None:
        """The telephone stops ringing."""

    async def callback(self, headers: Mapping[str, str], body: bytes) -> Mapping[str, Outcome]:
        """:raises SignerError: unless the call carries our password."""
        if headers.get("x-fake-vendor") != CODE:
            raise SignerError("not genuine")
        return {body.decode(): await self.poll(json.dumps(body.decode()).encode())}

    def press(self, *, yes: bool = True) -> None:
        """What the person does on the telephone, for everything that rings."""
        self.pressed |= {name: yes for name in self.orders if name not in self.pressed}

    async def _answer(self, order: Order) -> Outcome:
        fault = self._under[order.transaction]
        if fault in _REFUSALS:
            return self._all_refused(order, _REFUSALS[fault])
        if fault is Fault.NEVER:
            await asyncio.Event().wait()
        if fault is Fault.BROKEN:
            raise ZeroDivisionError(f"a plugin's bug that quotes {CODE}")
        right = self._sign_all(order)
        if fault is Fault.SLOW:
            await asyncio.sleep(self.patience.total_seconds())
        if fault is Fault.ANSWER_LOST:
            self._under[order.transaction] = None
            raise SignerError("no answer in time")
        spoil = _SPOILED.get(fault) if fault else None
        return Outcome(spoil(self, order, right) if spoil else right)

    def _sign_all(self, order: Order) -> list[Signed]:
        for item in order.items:
            self.signed.setdefault(item.reference, 1)
        return [Signed(item.reference, self.value(order.key, item)) for item in order.items]

    def value(self, label: str, item: Item) -> bytes:
        """What the key of a card makes of an item."""
        key = self.cards[label].key
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(item.tbs, padding.PKCS1v15(), hashes.SHA256())
        return key.sign(item.tbs, ec.ECDSA(hashes.SHA256()))

    def _all_refused(self, order: Order, code: RefusalCode) -> Outcome:
        return Outcome(_refused(order.items, code))

    def _ringing(self, transaction: str) -> Outcome:
        until = datetime.now(UTC) + timedelta(minutes=4)
        resume = json.dumps(transaction).encode()
        return Outcome(rest=Pending(resume, poll_after=timedelta(seconds=0.05), expires_at=until))


def _swapped(vendor: FakeVendor, order: Order, right: Sequence[Signed]) -> list[Signed | Refused]:
    values = [each.value for each in right]
    turned = values[1:] + values[:1]
    return [Signed(each.reference, value) for each, value in zip(right, turned, strict=True)]


def _of_another(vendor: FakeVendor, order: Order, right: Sequence[Signed]) -> list[Signed | Refused]:
    other = next(label for label in vendor.cards if label != order.key)
    return [Signed(item.reference, vendor.value(other, item)) for item in order.items]


def _half_expired(vendor: FakeVendor, order: Order, right: Sequence[Signed]) -> list[Signed | Refused]:
    half = len(right) // 2
    return [*right[:half], *_refused(order.items[half:], RefusalCode.ITEM_EXPIRED)]


_REFUSALS = {
    Fault.WRONG_PIN: RefusalCode.PIN_INCORRECT,
    Fault.REJECTED: RefusalCode.SIGNER_REFUSED,
    Fault.REVOKED: RefusalCode.CERTIFICATE_NOT_ON_TOKEN,
}
_SPOILED: Mapping[Fault, Callable[[FakeVendor, Order, Sequence[Signed]], list[Signed | Refused]]] = {
    Fault.DUPLICATE: lambda _vendor, _order, right: [*right, *right],
    Fault.PART_LEFT_OUT: lambda _vendor, _order, right: [*right[: len(right) // 2]],
    Fault.STRANGE_ITEMS: lambda _vendor, _order, right: [*right, Signed("nobody's", b"\0" * 256)],
    Fault.LYING: lambda _vendor, _order, right: [Signed(each.reference, b"\1" * 256) for each in right],
    Fault.EXPIRED_IN_THE_MIDDLE: _half_expired,
    Fault.SWAPPED: _swapped,
    Fault.OTHER_CERTIFICATE: _of_another,
}


def _refused(items: Iterable[Item], code: RefusalCode) -> list[Signed | Refused]:
    return [Refused(item.reference, code) for item in items]
