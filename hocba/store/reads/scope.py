"""What a person may see, as conditions on rows.

These are the questions of ``hocba.domain.people.may_see_class`` and
``hocba.domain.transcript.may_see``, asked of a whole table at once; a test holds them against
each other.
"""

from tortoise.expressions import Q, Subquery

from hocba.domain.people import Actor
from hocba.domain.values import ClassId, Role, Step
from hocba.store.models import EnrolmentRow, SlotRow


def sees_school(actor: Actor) -> bool:
    """Whether he sees every class of his school."""
    return actor.has(Role.ADMIN, Role.MANAGER)


def classes(actor: Actor) -> Q:
    """The classes whose pupils he may read."""
    own = Q(school_id=actor.school)
    if sees_school(actor):
        return own
    return own & Q(id__in=_seen(actor))


def students(actor: Actor, year: str) -> Q:
    """The pupils he may read: of those classes, in ``year``."""
    own = Q(school_id=actor.school)
    if sees_school(actor):
        return own
    enrolled = EnrolmentRow.filter(class_id__in=_seen(actor), year=year).values("student_id")
    return own & Q(id__in=Subquery(enrolled))


def transcripts(actor: Actor) -> Q:
    """The transcripts he may read: his classes', those he signs, and for ISSUER what all others signed."""
    own = Q(school_id=actor.school)
    if sees_school(actor):
        return own
    signs = SlotRow.filter(person_id=actor.id).values("transcript_id")
    seen = Q(class_id__in=_seen(actor)) | Q(id__in=Subquery(signs))
    if actor.has(Role.ISSUER):
        seen |= Q(open_step=Step.ISSUE) | Q(open_step__isnull=True)
    return own & seen


def _seen(actor: Actor) -> list[ClassId]:
    return sorted(actor.homeroom | actor.taught | actor.led)
