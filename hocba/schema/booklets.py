"""Several years of one pupil in one file, to look at (D3)."""

import strawberry

from hocba.actions import booklets, links
from hocba.schema.context import Info, actor_of, now_of
from hocba.schema.docs import describe
from hocba.schema.ids import local_id


@describe
@strawberry.type
class Booklet:
    """The years of one pupil at one level as one PDF to look at, neither sealed nor an original.

    :ivar url: Where to download it within a quarter of an hour, as the same person.
    :ivar school_years: The years that stand in it, oldest first: those that whoever asks may read.
    """

    url: str
    school_years: list[str]


@describe
@strawberry.type
class BookletQueries:
    """Reading several years at once."""

    @strawberry.field
    async def booklet(self, info: Info, transcript_id: strawberry.ID) -> Booklet | None:
        """The booklet up to the year of a transcript: Xem học bạ.  Null when that one may not be had.

        :param transcript_id: The newest year that is wanted; its cover and personal page are taken.
        """
        actor = actor_of(info)
        held = await booklets.years(actor, local_id("Transcript", transcript_id))
        if not held:
            return None
        named = "-".join(row.id.hex for row in held)
        link = links.Link(kind="booklet", id=named, person=actor.id)
        url = links.make(info.context.house, link, now=now_of(info))
        return Booklet(url=url, school_years=[row.year for row in held])
