"""Write down what a signer answered, before anybody judges it."""

import logging
from collections.abc import Collection, Mapping
from uuid import UUID

from tortoise.transactions import in_transaction

from hocba.domain.errors import Code
from hocba.domain.signing import ItemState
from hocba.plugin_api import Outcome, Refused, Signed
from hocba.store import signing_items
from hocba.store.models import SigningItemRow

log = logging.getLogger(__name__)


async def write(
    request_id: UUID, values: Mapping[UUID, bytes], refused: Mapping[UUID, str], *, silent: bool
) -> None:
    """Answers for items that were asked for.  Nothing that is there is overwritten.

    :param silent: whether what was asked for and got no answer counts as refused.
    """
    async with in_transaction():
        await signing_items.write_answers(request_id, values)
        own = SigningItemRow.filter(id__in=list(refused), request_id=request_id)
        asked = set(await own.values_list("id", flat=True)) if refused else set()
        await signing_items.refuse(
            {item: code for item, code in refused.items() if item in asked}, among=(ItemState.ASKED,)
        )
        if silent:
            await signing_items.end(
                request_id, ItemState.REFUSED, Code.SIGNER_UNAVAILABLE, among=(ItemState.ASKED,)
            )


async def write_outcome(request_id: UUID, outcome: Outcome) -> None:
    """What a plugin answered for the items that it was asked for."""
    values: dict[UUID, bytes] = {}
    refused: dict[UUID, str] = {}
    for answer in outcome.items:
        match answer:
            case Signed(reference=reference, value=value) if known := _id(reference):
                values[known] = bytes(value)
            case Refused(reference=reference, code=code) if known := _id(reference):
                refused[known] = Code(code.value).value
            case _:
                log.warning("a plugin answered for something that nobody asked")
    await write(request_id, values, refused, silent=outcome.rest is None)


def one_reason(states: Collection[tuple[str, str]]) -> Code | None:
    """The one code for which everything was refused, if it was: the person does not want to go on."""
    codes = {code for state, code in states if state == ItemState.REFUSED}
    if len(codes) == 1 and all(state == ItemState.REFUSED for state, _ in states):
        return Code(codes.pop())
    return None


def _id(reference: str) -> UUID | None:
    try:
        return UUID(reference)
    except (ValueError, AttributeError, TypeError):
        return None
