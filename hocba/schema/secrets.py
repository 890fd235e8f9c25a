"""Secrets on their way to a signing provider."""

from collections.abc import Mapping, Sequence

import strawberry

from hocba import plugin_api
from hocba.plugin_api import SecretName
from hocba.schema.docs import describe
from hocba.schema.scalars import Secret


@describe
@strawberry.input
class SecretInput:
    """One secret that a signing provider asks for; it goes to the provider and nowhere else.

    :ivar name: What it is.
    :ivar value: The secret, given as a variable.
    """

    name: SecretName
    value: Secret


def secrets_of(given: Sequence[SecretInput] | None) -> Mapping[SecretName, plugin_api.Secret]:
    """The secrets by name."""
    return {each.name: each.value for each in given or ()}
