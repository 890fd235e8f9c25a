"""What an operator asks of an installation from the shell: its history's chain, messages, trust."""

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import click

from hocba import database, words
from hocba.actions import auditing, webhooks
from hocba.actions.auditing import Verdict
from hocba.actions.house import utc_now
from hocba.domain.errors import Refusal
from hocba.domain.messages import DeliveryState
from hocba.settings import Settings, SettingsError
from hocba.store import chain
from hocba.store.chain import Head
from hocba.store.reads import deliveries

T = TypeVar("T")


def settings() -> Settings:
    """The settings, or exit 1 with what is wrong with them."""
    try:
        return Settings.load()
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


def do(work: Coroutine[Any, Any, T]) -> T:
    """Run ``work`` with the database open; a refusal is told in words."""

    async def run() -> T:
        given = settings()
        await database.make_ready(given)
        await database.open_(given)
        try:
            return await work
        finally:
            await database.close()

    try:
        return asyncio.run(run())
    except Refusal as refusal:
        raise click.ClickException(words.sentence(refusal, "en")) from None


@click.group()
def audit() -> None:
    """The chain over the history of everything."""


@audit.command("head")
def audit_head() -> None:
    """Print position, hash and time of the last link: keep them elsewhere."""
    click.echo(_shown(do(chain.head())))


@audit.command("verify")
@click.option("--from", "since", type=click.IntRange(0), default=0, help="Believe what lies up to here.")
@click.option("--expect", "expected", help="The hash that was kept of the link at that position.")
def audit_verify(since: int, expected: str | None) -> None:
    """Compute the chain again and say where it is first broken; exit 0 only when it is whole."""
    if expected is not None and since == 0:
        raise click.UsageError("--expect is the hash of a position: name it by --from")
    verdict = do(_verified(since, _hash(expected)))
    for line in _said(verdict):
        click.echo(line)
    sys.exit(0 if verdict.passed else 1)


async def _verified(since: int, expected: bytes | None) -> Verdict:
    """Link what waits for it, as the sweep would, then verify."""
    linker = auditing.Linker()
    while await linker.round():
        continue
    return await auditing.verify(since=since, expected=expected)


def _hash(given: str | None) -> bytes | None:
    try:
        return bytes.fromhex(given) if given else None
    except ValueError:
        raise click.BadParameter("64 hexadecimal digits", param_hint="--expect") from None


def _said(verdict: Verdict) -> list[str]:
    said = [f"{verdict.checked} links checked"]
    if verdict.finding:
        found = verdict.finding
        event = f" (event {found.event_id})" if found.event_id else ""
        said.append(f"broken at position {found.position}: {found.what}{event}")
    if verdict.odd_count:
        places = ", ".join(map(str, verdict.odd))
        said.append(f"{verdict.odd_count} events were written later than they say, first at {places}")
    if verdict.unlinked:
        said.append(f"{verdict.unlinked} events have no link")
    return [*said, f"{'whole' if verdict.passed else 'whole only'} up to {_shown(verdict.head)}"]


def _shown(head: Head) -> str:
    return " ".join(map(str, (head.position, head.hash.hex(), head.at.isoformat() if head.at else "-")))


@click.group("webhooks")
def messages() -> None:
    """Messages to the endpoints of the settings."""


@messages.command("list")
@click.option("--state", type=click.Choice([each.value for each in DeliveryState]), help="Only those.")
@click.option("--endpoint", help="Only to this endpoint.")
@click.option("--most", type=click.IntRange(1), default=100, show_default=True, help="The newest so many.")
def messages_list(state: str | None, endpoint: str | None, most: int) -> None:
    """Print messages, newest first: id, when, endpoint, kind, state, tries, last answer."""
    wanted = deliveries.DeliveryFilter(
        states=(DeliveryState(state),) if state else (), endpoint=endpoint or ""
    )
    for each in do(deliveries.newest(wanted, most)):
        made = each.created_at.isoformat(timespec="seconds")
        click.echo(f"{each.id} {made} {each.endpoint} {each.kind} {each.state} {each.attempts} {each.answer}")


@messages.command("replay")
@click.option("--endpoint", help="All that failed there, and send to it again if it was gone.")
@click.argument("ids", nargs=-1, type=click.UUID)
def messages_replay(endpoint: str | None, ids: tuple[UUID, ...]) -> None:
    """Send messages again, under the ids that they had."""
    if (endpoint is None) == (not ids):
        raise click.UsageError("name messages by their ids, or an endpoint")
    click.echo(f"waiting again: {do(webhooks.replay(ids, endpoint, now=utc_now()))}")


@click.group("trust")
def believing() -> None:
    """Whom the server believes."""


@believing.command("check")
@click.option("--ask", is_flag=True, help="Ask the authorities about revocation now.")
@click.argument("file", type=click.Path(path_type=Path))
def trust_check(file: Path, *, ask: bool) -> None:
    """Say what the server makes of a certificate, PEM or DER; exit 0 only when it may be used."""
    from hocba.actions import certificate_report  # noqa: PLC0415 -- it loads every document library

    try:
        found = asyncio.run(certificate_report.report(settings(), file.read_bytes(), ask=ask, now=utc_now()))
    except (OSError, ValueError):
        raise click.ClickException("the certificate, or a file of the settings, cannot be read") from None
    for line in found.lines:
        click.echo(line)
    sys.exit(0 if found.passed else 1)
