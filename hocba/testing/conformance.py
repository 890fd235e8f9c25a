"""What every signer must do, as tests that a vendor runs against his own.

.. code-block:: python

   from hocba.testing import SignerConformance

   class TestAcme(SignerConformance):
       module = "hocba_acme"
       settings = {"base_url": "http://127.0.0.1:8080"}

       def secrets(self):
           return {SecretName.USERNAME: Secret("co-mau"), SecretName.PASSWORD: Secret("…")}

The tests are plain functions: no pytest plugin is needed.  A signer that is answered by an agent
(``Capabilities.pushed``) is only asked to say so.
"""

import asyncio
import json
import logging
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import EntryPoint
from itertools import cycle
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from cryptography import x509

from hocba.documents.algorithms import Algorithm, is_valid, readings
from hocba.plugin_api import (
    Http,
    Item,
    ItemKind,
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
    Signer,
    SignerError,
    VendorCertificate,
)
from hocba.plugins import GROUP, KEBAB, Plugins
from hocba.settings import Settings

T = TypeVar("T")

SAID_NO = {RefusalCode.SIGNER_REFUSED, RefusalCode.USER_CANCELLED}
NAME = "under-test"
"""The name of the entry point that the tests make up."""


class SignerConformance:
    """Subclass it, say what is under test, and let pytest collect it.

    :cvar module: the plugin's module, as its entry point names it.
    :cvar settings: ``[plugins.<key>]`` of the settings file.
    :cvar key: which signer, when the plugin brings several.
    :cvar patience: how often something pending is asked about before it counts as never.
    """

    module: str
    settings: Mapping[str, str] = {}
    key: str = ""
    patience: int = 50

    # --- what a vendor fills in

    def secrets(self) -> Mapping[SecretName, Secret]:
        """The secrets of somebody who may sign."""
        raise NotImplementedError

    def wrong_secrets(self) -> Mapping[SecretName, Secret]:
        """Secrets that open nothing."""
        return {name: Secret("không-đúng-123456") for name in self.secrets()}

    def http(self) -> Http:
        """The way out; without the network, when a vendor has none of his own for tests."""
        return _NoWayOut()

    def press(self, *, yes: bool) -> None:
        """What the person does on the telephone, while it rings."""
        pytest.skip("this vendor's telephone cannot be answered by a test")

    # --- the tests

    def test_it_loads_as_a_plugin(self) -> None:
        """It is not set aside, and brings what it says."""
        plugins = self._plugins()
        assert [(state.state, state.problem) for state in plugins.states] == [("ready", "")]
        assert self.signer().key in plugins.signers

    def test_it_says_what_it_is(self) -> None:
        """Its key is eternal, its title readable, its capabilities possible."""
        signer = self.signer()
        assert isinstance(signer, Signer)
        assert KEBAB.fullmatch(signer.key)
        assert signer.title.strip() == signer.title != ""
        assert signer.kinds
        assert signer.capabilities.max_batch >= 1
        assert signer.capabilities.algorithms <= {each.value for each in Algorithm}
        assert signer.capabilities.algorithms

    def test_a_pushed_signer_is_not_called(self) -> None:
        """Whoever calls it all the same is told so."""
        if not self.signer().capabilities.pushed:
            pytest.skip("the server asks this signer itself")
        for call in (self.signer().sign_in({}), self.signer().poll(b"")):
            with pytest.raises(SignerError):
                _run(call)

    def test_wrong_secrets_open_nothing(self) -> None:
        """*Thông tin thẻ không tồn tại hoặc không đúng*, and not a word of what was typed."""
        wrong = self._called(self.wrong_secrets())
        if not wrong:
            pytest.skip("this signer asks for no secrets")
        with pytest.raises(LoginFailed) as failure:
            _run(self._offered(wrong))
        assert not any(secret.reveal() in _told(failure.value) for secret in wrong.values())

    def test_without_secrets_nothing_opens(self) -> None:
        """An empty form is no login."""
        if not self._called(self.secrets()):
            pytest.skip("this signer asks for no secrets")
        with pytest.raises(SignerError):
            _run(self._offered({}))

    def test_certificates_are_offered(self) -> None:
        """At least one; each is a certificate of somebody who signs, under a name of its own."""
        offered = _run(self._offered(self._called(self.secrets())))
        assert offered
        assert len({each.reference for each in offered}) == len(offered)
        for each in offered:
            leaf = x509.load_der_x509_certificate(each.certificate)
            assert not _is_authority(leaf)
            for issuer in each.chain:
                assert _is_authority(x509.load_der_x509_certificate(issuer))

    def test_one_thing_is_signed(self) -> None:
        """The value verifies with the certificate that was ordered, over the bytes themselves."""
        order, outcome = _run(self._signed(1))
        _must_be_right(order, outcome)

    def test_a_whole_batch_is_signed(self) -> None:
        """``max_batch`` things of every kind: one answer for each, and each its own."""
        order, outcome = _run(self._signed(min(50, self._server_side().capabilities.max_batch)))
        _must_be_right(order, outcome)

    def test_two_orders_of_one_login(self) -> None:
        """An issue is two rounds, signatures and seals, with one sign-in."""

        async def both() -> list[tuple[Order, Outcome]]:
            signer, login, held = await self._open()
            orders = [_order(held, 2), _order(held, 2)]
            return [(order, await self._to_the_end(signer, order, login)) for order in orders]

        for order, outcome in _run(both()):
            _must_be_right(order, outcome)

    def test_another_certificate_than_the_one_it_holds_signs_nothing(self) -> None:
        """The order names the certificate that is registered: with another one nothing is signed."""

        async def try_it() -> Outcome:
            signer, login, held = await self._open()
            order = _order(VendorCertificate(held.reference, _another(held.certificate)), 2)
            try:
                return await self._to_the_end(signer, order, login)
            except SignerError:
                return Outcome()

        outcome = _run(try_it())
        assert not [each for each in outcome.items if isinstance(each, Signed)]

    def test_the_same_order_again_is_the_same_order(self) -> None:
        """The core sends an order again, under its name, when it heard no answer."""

        async def twice() -> tuple[Order, Outcome]:
            signer, login, held = await self._open()
            order = _order(held, 2)
            await signer.start(order, login)
            return order, await self._to_the_end(signer, order, login)

        _must_be_right(*_run(twice()))

    def test_who_says_no_has_signed_nothing(self) -> None:
        """Everything is refused, as the person's own decision."""

        async def no() -> Outcome:
            signer, login, held = await self._open()
            outcome = await signer.start(_order(held, 2), login)
            if not isinstance(outcome.rest, Pending):
                pytest.skip("nobody is asked on a telephone")
            self.press(yes=False)
            return await self._polled(signer, outcome)

        refused = [each for each in _run(no()).items if isinstance(each, Refused)]
        assert len(refused) == 2  # noqa: PLR2004 -- both
        assert {each.code for each in refused} <= SAID_NO

    def test_what_is_pending_survives_a_restart(self) -> None:
        """Another object of the plugin goes on, however often it asks."""

        async def elsewhere() -> tuple[Order, Outcome]:
            signer, login, held = await self._open()
            order = _order(held, 2)
            outcome = await signer.start(order, login)
            if not isinstance(outcome.rest, Pending):
                pytest.skip("nothing is pending at this vendor")
            assert outcome.rest.expires_at > datetime.now(UTC)
            resume = outcome.rest.resume
            for secret in self._called(self.secrets()).values():
                assert secret.reveal().encode() not in resume
            for _ in range(3):
                assert isinstance((await self.signer().poll(resume)).rest, Pending)
            self.press(yes=True)
            return order, await self._polled(self.signer(), outcome)

        _must_be_right(*_run(elsewhere()))

    def test_what_is_none_of_ours_is_refused(self) -> None:
        """Resume bytes that nobody wrote, a call that nobody made: a SignerError, and nothing else."""
        signer = self._server_side()
        with pytest.raises(SignerError):
            _run(signer.poll(b"\xff not ours"))
        for body in (b"", b"\xff", b"[]", json.dumps({"transaction_id": "x"}).encode()):
            try:
                answered = _run(signer.callback({}, body))
            except SignerError:
                continue
            assert not answered

    def test_to_cancel_is_never_a_mishap(self) -> None:
        """Best effort: it may do nothing, and may say that it could not."""
        try:
            _run(self._server_side().cancel(b"\xff not ours"))
        except SignerError:
            return

    def test_no_secret_is_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        """Not at any level, neither the person's nor the operator's."""
        caplog.set_level(logging.DEBUG)
        _run(self._signed(1))
        secret = [each.reveal() for each in self._called(self.secrets()).values()]
        secret += [value for name, value in self.settings.items() if "password" in name or "secret" in name]
        typed = [each for each in secret if len(each) >= 4]  # noqa: PLR2004 -- shorter ones are anywhere
        assert not any(each in caplog.text for each in typed)

    # --- how they are run

    def signer(self) -> Signer:
        """A new object of the signer under test."""
        brought = self._plugins().signers
        assert brought, "the plugin brings no signer"
        return brought[self.key] if self.key else next(iter(brought.values()))

    def _plugins(self) -> Plugins:
        entry = EntryPoint(name=NAME, value=self.module, group=GROUP)
        settings = Settings(plugins={NAME: dict(self.settings)})
        return Plugins.load(settings, self.http(), lambda: datetime.now(UTC), found=[entry])

    def _server_side(self) -> Signer:
        signer = self.signer()
        if signer.capabilities.pushed:
            pytest.skip("a pushed signer is answered by its agent")
        return signer

    def _called(self, secrets: Mapping[SecretName, Secret]) -> Mapping[SecretName, Secret]:
        """Those that the core would hand over; of a pushed signer's there are none to speak of."""
        self._server_side()
        return secrets

    async def _offered(self, secrets: Mapping[SecretName, Secret]) -> Sequence[VendorCertificate]:
        signer = self.signer()
        return await signer.certificates(await signer.sign_in(secrets))

    async def _open(self) -> tuple[Signer, Login, VendorCertificate]:
        signer = self._server_side()
        login = await signer.sign_in(self.secrets())
        return signer, login, (await signer.certificates(login))[0]

    async def _signed(self, count: int) -> tuple[Order, Outcome]:
        signer, login, held = await self._open()
        order = _order(held, count)
        return order, await self._to_the_end(signer, order, login)

    async def _to_the_end(self, signer: Signer, order: Order, login: Login) -> Outcome:
        outcome = await signer.start(order, login)
        if isinstance(outcome.rest, Pending):
            self.press(yes=True)
        return await self._polled(signer, outcome)

    async def _polled(self, signer: Signer, outcome: Outcome) -> Outcome:
        items = list(outcome.items)
        for _ in range(self.patience):
            if not isinstance(outcome.rest, Pending):
                return Outcome(tuple(items), outcome.rest)
            await asyncio.sleep(min(outcome.rest.poll_after.total_seconds(), 0.1))
            outcome = await signer.poll(outcome.rest.resume)
            items += outcome.items
        raise AssertionError(f"still pending after {self.patience} questions")


class _NoWayOut:
    """No network at all."""

    async def post(self, url: str, **given: Any) -> Any:
        raise SignerError("a conformance test has no network: override http()")

    async def get(self, url: str, **given: Any) -> Any:
        raise SignerError("a conformance test has no network: override http()")


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def _order(held: VendorCertificate, count: int) -> Order:
    kinds = cycle((ItemKind.XADES, ItemKind.PADES, ItemKind.CHALLENGE))
    made = [
        (uuid4().hex, kind, f"những byte phải ký, thứ {n}".encode())
        for n, kind in zip(range(count), kinds, strict=False)
    ]
    items = [Item(name, tbs, sha256(tbs).digest(), kind, f"Học bạ {name[:4]}") for name, kind, tbs in made]
    name = f"{uuid4().hex}-{sha256(made[0][2]).hexdigest()[:16]}"
    return Order(name, held.reference, held.certificate, f"Ký {count} học bạ", items)


def _another(certificate: bytes) -> bytes:
    """A certificate that nobody holds: another signature under it."""
    return certificate[:-1] + bytes([certificate[-1] ^ 1])


def _must_be_right(order: Order, outcome: Outcome) -> None:
    """One answer for each item, and each a signature of its own bytes by the ordered certificate."""
    assert outcome.rest is None
    answered = [each.reference for each in outcome.items]
    assert sorted(answered) == sorted(item.reference for item in order.items)
    values = {each.reference: each.value for each in outcome.items if isinstance(each, Signed)}
    refused = [each for each in outcome.items if isinstance(each, Refused)]
    assert not refused, f"refused: {sorted({each.code.value for each in refused})}"
    for item in order.items:
        assert any(_holds(order.certificate, item.digest, values[item.reference])), item.kind


def _holds(certificate: bytes, digest: bytes, value: bytes) -> Iterator[bool]:
    public: Any = x509.load_der_x509_certificate(certificate).public_key()
    for reading in readings(public, value):
        for algorithm in Algorithm:
            yield is_valid(public, algorithm, digest, reading)


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _told(error: BaseException | None) -> str:
    """Everything that an error says, with those behind it."""
    parts = []
    while error is not None:
        parts += [str(error), repr(error.args)]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return " ".join(parts)
