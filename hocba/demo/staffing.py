"""Who works at an invented school, and who teaches what.

Each speciality has teachers enough for its classes of a level; a teacher has neighbouring classes
(``hocba.demo.specialities`` says which).  The homeroom teacher is one of the class's own.  So a lower
secondary class has nine to eleven teachers, an upper secondary one twelve to fifteen, a primary one five
or six.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from hocba.demo.names import People
from hocba.demo.programmes import Programme
from hocba.demo.specialities import TEACHING, Speciality, Teaching
from hocba.documents.workbooks.lines import AssignmentLine, ClassLine, StaffLine
from hocba.domain.names import search_key
from hocba.domain.values import Term

YEAR = (Term.I, Term.II)
_FIRST_ROW = 2
_SMALL = 8  # classes up to which a teacher has few of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """The staff, the classes with their homeroom teachers and leaders, and the teaching."""

    staff: tuple[StaffLine, ...]
    classes: tuple[ClassLine, ...]
    assignments: tuple[AssignmentLine, ...]


class _Office:
    """Hires people: codes and user names in order."""

    def __init__(self, chance: Random, people: People) -> None:
        self._chance = chance
        self._people = people
        self._usernames: set[str] = set()
        self.staff: list[StaffLine] = []

    def hire(self, title: str, *, admin: bool = False, issuer: bool = False) -> str:
        """One person more; his code."""
        sex = "Nữ" if self._chance.random() < 2 / 3 else "Nam"
        name = self._people.grown_up(sex)
        born = self._people.birthday(self._chance.randrange(1970, 1999))
        code = f"NS{len(self.staff) + 1:03d}"
        self.staff.append(
            StaffLine(
                row=len(self.staff) + _FIRST_ROW,
                code=code,
                full_name=name,
                personal_id=self._people.personal_id(self._people.province()[0], sex, born),
                title=title,
                username=self._username(name),
                admin=admin,
                issuer=issuer,
            )
        )
        return code

    def _username(self, name: str) -> str:
        """``Nguyễn Thị Lan`` is ``lan.nt``, the next one ``lan.nt2``."""
        *rest, given = search_key(name).split()
        stem = f"{given}.{''.join(word[0] for word in rest)}"
        numbered = (stem if number == 1 else f"{stem}{number}" for number in range(1, 1000))
        found = next(username for username in numbered if username not in self._usernames)
        self._usernames.add(found)
        return found


def make_staffing(chance: Random, people: People, programmes: Sequence[Programme]) -> Staffing:
    """Staff for these classes, which come level by level."""
    office = _Office(chance, people)
    principal, vice = office.hire("Hiệu trưởng"), office.hire("Phó Hiệu trưởng")
    office.hire("Văn thư", issuer=True)
    office.hire("Nhân viên công nghệ thông tin", admin=True)
    office.hire("Nhân viên thư viện")
    classes: list[ClassLine] = []
    assignments: list[AssignmentLine] = []
    for level in dict.fromkeys(programme.level for programme in programmes):
        own = [programme for programme in programmes if programme.level is level]
        teachers = _Teachers(office, TEACHING[level], own)
        for index, programme in enumerate(own):
            homeroom = teachers.homeroom(index)
            classes.append(
                ClassLine(
                    row=len(classes) + _FIRST_ROW,
                    name=programme.name,
                    grade=programme.grade,
                    homeroom=homeroom,
                    leader=principal if programme.is_last else vice,
                )
            )
            taught = teachers.taught(index, homeroom)
            if programme.is_last and (subject := TEACHING[level].by_leader):
                taught[subject] = vice
            assignments += teachers.lines(index, taught)
    numbered = (replace(line, row=row) for row, line in enumerate(assignments, start=_FIRST_ROW))
    return Staffing(staff=tuple(office.staff), classes=tuple(classes), assignments=tuple(numbered))


class _Teachers:
    """The teachers of a level's classes, by speciality."""

    def __init__(self, office: _Office, teaching: Teaching, classes: Sequence[Programme]) -> None:
        self._teaching = teaching
        self._classes = classes
        self._codes = [{subject.code for subject in each.subjects} for each in classes]
        self._of = [self._hire(office, speciality) for speciality in teaching.specialities]
        self._homerooms: set[str] = set()

    def _hire(self, office: _Office, speciality: Speciality) -> Mapping[int, str]:
        """For each class that has one of the speciality's subjects, its teacher."""
        load = speciality.few if len(self._classes) <= _SMALL else speciality.many
        takers = [index for index, codes in enumerate(self._codes) if codes & set(speciality.subjects)]
        hired = [office.hire("Giáo viên") for _ in range(-(-len(takers) // load))]
        return {index: hired[place // load] for place, index in enumerate(takers)}

    def homeroom(self, index: int) -> str:
        """One of the class's teachers who has no class yet, another speciality each time."""
        main = self._of[: self._teaching.homerooms]
        turn = index % len(main)
        turned = [*main[turn:], *main[:turn], *self._of[len(main) :]]
        found = next(of[index] for of in turned if index in of and of[index] not in self._homerooms)
        self._homerooms.add(found)
        return found

    def taught(self, index: int, homeroom: str) -> dict[str, str]:
        """Subject -> who teaches it in this class."""
        taught = {
            subject: of[index]
            for speciality, of in zip(self._teaching.specialities, self._of, strict=True)
            for subject in speciality.subjects
            if subject in self._codes[index]
        }
        taught[self._teaching.by_homeroom] = homeroom
        if index % 2:
            taught |= {subject: taught[other] for subject, other in self._teaching.often_with}
        return taught

    def lines(self, index: int, taught: Mapping[str, str]) -> list[AssignmentLine]:
        """A class's teaching; in the level's last class one subject changed hands between the terms."""
        lines = []
        for subject, code in taught.items():
            terms: tuple[Term, ...] = YEAR
            if index == len(self._classes) - 1 and subject == self._teaching.handed_over:
                lines.append(self._line(index, subject, (Term.I,), self._of[0][index]))
                terms = (Term.II,)
            lines.append(self._line(index, subject, terms, code))
        return lines

    def _line(self, index: int, subject: str, terms: tuple[Term, ...], code: str) -> AssignmentLine:
        name = self._classes[index].name
        return AssignmentLine(row=0, class_name=name, subject=subject, terms=terms, staff=code)
