"""A vendor at the other end of a line: it outlives our programs, and each of them may ask it.

The programs load this module as a plugin, by the entry point that ``install`` writes; what they ask is
carried to the one ``FakeVendor`` that ``answering`` holds.
"""

import asyncio
import pickle
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from hocba.plugin_api import (
    API_VERSION,
    Kind,
    Login,
    Order,
    Outcome,
    PluginContext,
    Secret,
    SecretName,
    SignerError,
    VendorCertificate,
    hookimpl,
)
from hocba.testing import FakeVendor

HOCBA_API = API_VERSION
KEY = "fake-vendor"
PATIENCE = 3.0
"""Seconds after which a client of the vendor hangs up."""


class Line:
    """The client."""

    key = KEY
    title = "A vendor at the other end of a line"
    kinds = frozenset({Kind.PERSON, Kind.ORGANISATION})
    capabilities = FakeVendor(cards={}).capabilities

    def __init__(self, port: int) -> None:
        self._port = port

    async def sign_in(self, secrets: Mapping[SecretName, Secret]) -> Login:
        return await self._ask("sign_in", {name: secret.reveal() for name, secret in secrets.items()})

    async def certificates(self, login: Login) -> Sequence[VendorCertificate]:
        return await self._ask("certificates", login)

    async def start(self, order: Order, login: Login) -> Outcome:
        return await self._ask("start", order, login)

    async def poll(self, resume: bytes) -> Outcome:
        return await self._ask("poll", resume)

    async def cancel(self, resume: bytes) -> None:
        await self._ask("cancel", resume)

    async def callback(self, headers: Mapping[str, str], body: bytes) -> Mapping[str, Outcome]:
        return await self._ask("callback", dict(headers), body)

    async def _ask(self, name: str, *given: Any) -> Any:
        try:
            async with asyncio.timeout(PATIENCE):
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
                try:
                    writer.write(pickle.dumps((name, given)))
                    writer.write_eof()
                    said = pickle.loads(await reader.read())
                finally:
                    writer.close()
        except (OSError, TimeoutError, EOFError):
            raise SignerError("the line is dead") from None
        if isinstance(said, Exception):
            raise said
        return said


@hookimpl
def hocba_register_signers(context: PluginContext) -> Sequence[Line]:
    return [Line(int(context.settings["port"]))]


def install(folder: Path) -> None:
    """Make this module an installed plugin for whoever has ``folder`` on its path."""
    info = folder / "vendor_line-0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: vendor-line\nVersion: 0\n")
    (info / "entry_points.txt").write_text(f"[hocba]\n{KEY} = {__name__}\n")


@asynccontextmanager
async def answering(vendor: FakeVendor, before: Callable[[str], timedelta]) -> AsyncIterator[int]:
    """The port at which ``vendor`` answers.

    :param before: is told what is asked, and says how long to wait first.
    """

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            name, given = pickle.loads(await reader.read())
            writer.write(pickle.dumps(await _said(vendor, before, name, given)))
            await writer.drain()
        except (OSError, EOFError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def _said(
    vendor: FakeVendor, before: Callable[[str], timedelta], name: str, given: Sequence[Any]
) -> object:
    if name == "sign_in":
        given = [{SecretName(each): Secret(value) for each, value in given[0].items()}]
    try:
        await asyncio.sleep(before(name).total_seconds())
        async with asyncio.timeout(2 * PATIENCE):
            return await getattr(vendor, name)(*given)
    except Exception as error:  # noqa: BLE001 -- whatever it is, whoever asked is told
        return error
