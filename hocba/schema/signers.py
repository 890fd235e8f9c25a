"""What is installed: signing providers with their capabilities, plugins with their state."""

import strawberry

from hocba.domain.permissions import Permission
from hocba.plugin_api import Kind, SecretName, Signer
from hocba.schema.context import Info, actor_of
from hocba.schema.docs import describe


@describe
@strawberry.type
class SigningProvider:
    """One way to sign.

    :ivar key: What accounts and inputs call it.
    :ivar title: What users call it.
    :ivar kinds: Whose certificates it holds.
    :ivar secrets: What it asks a person for.
    :ivar on_own_computer: Whether an agent on one's own computer signs; it asks for the PIN itself.
    :ivar max_batch: Most documents of one order.
    """

    key: str
    title: str
    kinds: list[Kind]
    secrets: list[SecretName]
    on_own_computer: bool
    max_batch: int


@describe
@strawberry.type
class Plugin:
    """An installed plugin.

    :ivar key: The name of its entry point.
    :ivar version: Its version.
    :ivar state: ready or set_aside.
    """

    key: str
    version: str
    state: str


@describe
@strawberry.type
class SignerQueries:
    """Reading what is installed."""

    @strawberry.field
    async def signers(self, info: Info) -> list[SigningProvider]:
        """The signing providers that are installed and work."""
        actor_of(info)
        return [_provider(each) for _, each in sorted(info.context.house.plugins.signers.items())]

    @strawberry.field
    async def plugins(self, info: Info) -> list[Plugin]:
        """The installed plugins; to ADMIN."""
        if not actor_of(info).may(Permission.SYSTEM_VIEW):
            return []
        # Why one was set aside is the operator's business: the words may name paths.
        return [
            Plugin(key=each.key, version=each.version, state=each.state)
            for each in info.context.house.plugins.states
        ]


def _provider(signer: Signer) -> SigningProvider:
    return SigningProvider(
        key=signer.key,
        title=signer.title,
        kinds=sorted(signer.kinds),
        secrets=list(signer.capabilities.secrets),
        on_own_computer=signer.capabilities.pushed,
        max_batch=signer.capabilities.max_batch,
    )
