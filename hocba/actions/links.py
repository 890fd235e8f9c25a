"""Links to files: signed, short-lived, and good for one person only.

Nothing in a link says what is in the file: kind and ids, no names.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from hocba.actions.house import House

LIVES = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a link leads to.

    :ivar kind: ``import-errors``, ``template``, ``xml``, ``pdf``, ``html``, ``masked`` (the same
        page with nothing personal), ``export``, ``booklet`` (several ids), ``missing-vi`` or ``missing-en``.
    :ivar person: who asked for it; the file is read with what he may see then.
    """

    kind: str
    id: str
    person: UUID


def make(house: House, link: Link, *, now: datetime) -> str:
    """The path of a file, good for a quarter of an hour."""
    return house.secrets.sign_url(f"/files/{link.kind}/{link.id}?for={link.person}", expires=now + LIVES)


def read(house: House, path_and_query: str, *, now: datetime) -> Link | None:
    """What a path leads to; nothing when we did not make it or its time is over."""
    if not house.secrets.verify_url(path_and_query, now=now):
        return None
    parts = urlsplit(path_and_query)
    _, _, kind, id_ = parts.path.split("/", 3)
    return Link(kind=kind, id=id_, person=UUID(parse_qs(parts.query)["for"][0]))
