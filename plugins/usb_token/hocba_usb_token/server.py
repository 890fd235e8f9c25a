"""The server half: it names the signer, and nothing else.

The answers of a USB token come from the agent on the person's own computer, through the
server's GraphQL API.  So the core hands out the items itself and never calls ``start`` or
``poll`` here; whoever does is told so.
"""

from collections.abc import Mapping, Sequence
from typing import NoReturn

from hocba.plugin_api import (
    Capabilities,
    Kind,
    Login,
    Order,
    Outcome,
    PluginContext,
    Secret,
    SecretName,
    Signer,
    SignerError,
    VendorCertificate,
    hookimpl,
)

HOCBA_API = 1


class UsbToken:
    """Signing by the agent, with a USB token or a PKCS#12 file."""

    key = "usb-token"
    title = "USB Token"
    kinds = frozenset({Kind.PERSON, Kind.ORGANISATION})
    capabilities = Capabilities(pushed=True, max_batch=50)

    async def sign_in(self, secrets: Mapping[SecretName, Secret]) -> Login:
        """:raises SignerError: always; the agent asks for the PIN itself."""
        _answered_by_the_agent()

    async def certificates(self, login: Login) -> Sequence[VendorCertificate]:
        """:raises SignerError: always; certificates come with the pairing."""
        _answered_by_the_agent()

    async def start(self, order: Order, login: Login) -> Outcome:
        """:raises SignerError: always; the agent takes its jobs."""
        _answered_by_the_agent()

    async def poll(self, resume: bytes) -> Outcome:
        """:raises SignerError: always; the agent answers by itself."""
        _answered_by_the_agent()

    async def cancel(self, resume: bytes) -> None:
        """:raises SignerError: always; a closed request is not handed out."""
        _answered_by_the_agent()

    async def callback(self, headers: Mapping[str, str], body: bytes) -> Mapping[str, Outcome]:
        """:raises SignerError: always; no vendor calls back."""
        _answered_by_the_agent()


def _answered_by_the_agent() -> NoReturn:
    raise SignerError("a pushed signer is answered by its agent")


@hookimpl
def hocba_register_signers(context: PluginContext) -> Sequence[Signer]:
    """Bring the USB token."""
    return (UsbToken(),)
