"""What a person may see, as conditions on rows.

These are the questions of ``Actor.may_in`` and ``hocba.domain.transcript.may_see``, asked of a whole
table at once; a test holds them against each other.
"""

from tortoise.expressions import Q, Subquery

from hocba.domain.people import Actor
from hocba.domain.permissions import Permission, Scope
from hocba.domain.values import Step
from hocba.store.enrolments import there
from hocba.store.models import SlotRow


def classes(actor: Actor, permission: Permission = Permission.TRANSCRIPT_VIEW) -> Q:
    """The classes in which he has ``permission``: by default, whose pupils he may read."""
    own = Q(school_id=actor.school)
    if actor.everywhere(permission):
        return own
    return own & Q(id__in=sorted(actor.classes(permission)))


def students(actor: Actor, year: str, permission: Permission = Permission.TRANSCRIPT_VIEW) -> Q:
    """The pupils of those classes, in ``year``."""
    own = Q(school_id=actor.school)
    if actor.everywhere(permission):
        return own
    seen = sorted(actor.classes(permission))
    enrolled = there(class_id__in=seen, year=year).values("student_id")
    return own & Q(id__in=Subquery(enrolled))


def transcripts(actor: Actor) -> Q:
    """The transcripts he may read: his classes', those he signs, and for ISSUER what all others signed."""
    own, view = Q(school_id=actor.school), Permission.TRANSCRIPT_VIEW
    if actor.everywhere(view):
        return own
    seen = Q(class_id__in=sorted(actor.classes(view)))
    if actor.may(Permission.TRANSCRIPT_SIGN):
        signs = SlotRow.filter(person_id=actor.id).values("transcript_id")
        seen |= Q(id__in=Subquery(signs))
    if Scope.SIGNED in actor.scopes(view):
        seen |= Q(open_step=Step.ISSUE) | Q(open_step__isnull=True)
    return own & seen
