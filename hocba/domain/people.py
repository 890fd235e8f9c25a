"""Who may act, and on what.

An actor is a signed-in person with what he holds *now*, in one school and one school year.
Roles come from assignments (teacher, homeroom, leader) and from grants (ADMIN, MANAGER,
ISSUER, AUTHORITY).  What a role permits stands in ``hocba.domain.permissions``; here it meets the
object: the school, the class.  Lists ask the same (``hocba.store.reads.scope``), so that nobody finds
in a list what he may not open.
"""

from dataclasses import dataclass, field

from hocba.domain.errors import Code, Refusal
from hocba.domain.permissions import BY_ROLE, STAFF, Permission, Scope
from hocba.domain.values import ClassId, PersonId, Role, SchoolId


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A signed-in person.

    :ivar roles: the roles held now.
    :ivar homeroom: classes whose homeroom teacher he is.
    :ivar taught: classes in which he teaches a subject (term II, else term I).
    :ivar led: classes that the print configuration gives him to sign.
    :ivar delegated: what an ADMIN delegated to him, if he is MANAGER.
    :ivar staff: whether he works at ``school``; an AUTHORITY does not.
    """

    id: PersonId
    school: SchoolId
    roles: frozenset[Role] = frozenset()
    delegated: frozenset[Permission] = frozenset()
    staff: bool = True
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
            raise Refusal(Code.NOT_PERMITTED, needs=roles[0])

    def scopes(self, permission: Permission) -> frozenset[Scope]:
        """How far he may do it; empty when he may not."""
        found = {scope for role, scope in BY_ROLE[permission].items() if role in self.roles}
        if permission in self.delegated and Role.MANAGER in self.roles:
            found.add(Scope.SCHOOL)
        if self.staff and permission in STAFF:
            found.add(STAFF[permission])
        return frozenset(found)

    def reach(self, permission: Permission) -> list[Scope]:
        """The same, narrowest first, without what the whole school includes."""
        found = self.scopes(permission)
        return [Scope.SCHOOL] if Scope.SCHOOL in found else [scope for scope in Scope if scope in found]

    def may(self, permission: Permission) -> bool:
        """Whether he may do it to anything at all."""
        return bool(self.scopes(permission))

    def must(self, permission: Permission) -> None:
        """:raises Refusal: NOT_PERMITTED unless he may do it to anything at all; it says what he needs."""
        if not self.may(permission):
            raise Refusal(Code.NOT_PERMITTED, needs=permission.value)

    def everywhere(self, permission: Permission) -> bool:
        """Whether he may do it in the whole of ``school``."""
        return not self.scopes(permission).isdisjoint({Scope.SCHOOL, Scope.AREA})

    def classes(self, permission: Permission) -> frozenset[ClassId]:
        """The classes in which he may do it because of what he is there."""
        found: frozenset[ClassId] = frozenset()
        for role, own in _classes(self).items():
            if role in self.roles and BY_ROLE[permission].get(role) is Scope.CLASSES:
                found |= own
        return found

    def may_in(self, permission: Permission, school: SchoolId, class_: ClassId) -> bool:
        """Whether he may do it in this class."""
        if school != self.school:
            return False
        return self.everywhere(permission) or class_ in self.classes(permission)

    def must_be_of(self, school: SchoolId) -> None:
        """:raises Refusal: NOT_FOUND for another school's object: it is not even admitted to exist."""
        if school != self.school:
            raise Refusal(Code.NOT_FOUND)


def _classes(actor: Actor) -> dict[Role, frozenset[ClassId]]:
    """The classes that a role comes from."""
    return {
        Role.HOMEROOM_TEACHER: actor.homeroom,
        Role.SUBJECT_TEACHER: actor.taught,
        Role.LEADER: actor.led,
    }
