"""Who has anything to do at a school in a year."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from hocba.domain.values import SchoolId, SchoolYear
from hocba.store.reads import sql


async def of(school: SchoolId, year: SchoolYear, persons: Collection[UUID], now: datetime) -> set[UUID]:
    """Those of ``persons`` who teach, keep or lead a class of ``year``, or hold a role that was given.

    Whoever has left the school has nothing to do there.  One statement.
    """
    rows = await sql.select(
        "SELECT p.id FROM person p WHERE p.id IN (:persons...) AND p.school_id = :school"
        " AND (p.left_on IS NULL OR p.left_on > :today) AND ("
        "EXISTS (SELECT 1 FROM class c WHERE c.school_id = p.school_id AND c.year = :year"
        " AND (c.homeroom_id = p.id OR c.leader_id = p.id))"
        " OR EXISTS (SELECT 1 FROM assignment a JOIN class c ON c.id = a.class_id"
        " WHERE a.person_id = p.id AND c.school_id = p.school_id AND c.year = :year)"
        " OR EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = p.id AND g.school_id = p.school_id"
        " AND g.valid_from <= :now AND (g.valid_to IS NULL OR g.valid_to > :now)))",
        persons=persons,
        school=school,
        year=year,
        now=now,
        today=now.date(),
    )
    return {sql.id_(row["id"]) for row in rows}
