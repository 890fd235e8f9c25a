"""Who may act, and on what.

An actor is a signed-in person with what he holds *now*, in one school and one school year.
Roles come from assignments (teacher, homeroom, leader) and from grants (ADMIN, MANAGER,
ISSUER, AUTHORITY).  A role alone permits nothing on an object: the functions below ask for
the class or the school as well.
"""

from dataclasses import dataclass, field

from hocba.domain.errors import Code, Refusal
from hocba.domain.values import ClassId, PersonId, Role, SchoolId


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A signed-in person.

    :ivar roles: the roles held now.
    :ivar homeroom: classes whose homeroom teacher he is.
    :ivar taught: classes in which he teaches a subject (term II, else term I).
    :ivar led: classes that the print configuration gives him to sign.
    """

    id: PersonId
    school: SchoolId
    roles: frozenset[Role] = frozenset()
    homeroom: frozenset[ClassId] = frozenset()
    taught: frozenset[ClassId] = frozenset()
    led: frozenset[ClassId] = frozenset()
    identity: str = field(default="", repr=False)
    """``CCCD:<12 digits>``, to compare with certificates."""

    def has(self, *roles: Role) -> bool:
        """Whether he holds one of ``roles``."""
        return not self.roles.isdisjoint(roles)

    def must_hold(self, *roles: Role) -> None:
        """:raises Refusal: NOT_PERMITTED unless he holds one of ``roles``."""
        if not self.has(*roles):
            raise Refusal(Code.NOT_PERMITTED, needs=roles[0].value)

    def must_be_of(self, school: SchoolId) -> None:
        """:raises Refusal: NOT_FOUND for another school's object: it is not even admitted to exist."""
        if school != self.school:
            raise Refusal(Code.NOT_FOUND)


def may_see_class(actor: Actor, school: SchoolId, class_: ClassId) -> bool:
    """Whether ``actor`` may read the transcripts of a class.

    An ISSUER sees, besides, what all others have signed: see
    ``hocba.domain.transcript.may_see``.
    """
    if school != actor.school:
        return False
    if actor.has(Role.ADMIN, Role.MANAGER):
        return True
    return class_ in actor.homeroom or class_ in actor.taught or class_ in actor.led


def must_keep_some_class(actor: Actor) -> None:
    """:raises Refusal: NOT_PERMITTED when there is no class whose transcripts he may create."""
    if not actor.has(Role.ADMIN, Role.MANAGER) and not actor.homeroom:
        raise Refusal(Code.NOT_PERMITTED, needs=Role.HOMEROOM_TEACHER.value)


def may_keep_class(actor: Actor, school: SchoolId, class_: ClassId) -> bool:
    """Whether ``actor`` may create and export the transcripts of a class."""
    if school != actor.school:
        return False
    return actor.has(Role.ADMIN, Role.MANAGER) or class_ in actor.homeroom
