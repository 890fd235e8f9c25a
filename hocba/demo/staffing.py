"""Who works at an invented lower secondary school, and who teaches what.

Each speciality has teachers enough for its classes; a teacher has one or two subjects in neighbouring
classes.  The homeroom teacher, one of the class's own, also has *Hoạt động trải nghiệm*; *GDCD* goes
with *Ngữ văn* in every second class; the vice principal gives *Nội dung giáo dục của địa phương* in
grade 9.  So a class has nine to eleven teachers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from hocba.demo.names import People
from hocba.documents.workbooks.lines import AssignmentLine, ClassLine, StaffLine
from hocba.domain.names import search_key
from hocba.domain.values import Term

YEAR = (Term.I, Term.II)
_FIRST_ROW = 2
_SMALL = 8  # classes up to which a teacher has few of them
_LAST_GRADE = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class _Speciality:
    """Teachers of the same subjects.

    :ivar few: classes of one teacher in a small school.
    :ivar many: the same in a large one.
    """

    subjects: tuple[str, ...]
    few: int
    many: int


_SPECIALITIES = (
    _Speciality(subjects=("TOAN",), few=2, many=4),
    _Speciality(subjects=("NGUVAN",), few=2, many=4),
    _Speciality(subjects=("KHTN",), few=2, many=4),
    _Speciality(subjects=("LSDL", "NDGDDP"), few=2, many=4),
    _Speciality(subjects=("NN1",), few=2, many=6),
    _Speciality(subjects=("TIN", "CN"), few=4, many=7),
    _Speciality(subjects=("GDCD",), few=4, many=16),
    _Speciality(subjects=("GDTC",), few=4, many=8),
    _Speciality(subjects=("NT",), few=4, many=8),
    _Speciality(subjects=("NN2",), few=4, many=5),
)
_HOMEROOMS = 5
"""The first specialities give the homeroom teachers."""


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


def make_staffing(chance: Random, people: People, names: Sequence[tuple[str, int]]) -> Staffing:
    """Staff for the classes ``names`` (name and grade, in order)."""
    office = _Office(chance, people)
    principal, vice = office.hire("Hiệu trưởng"), office.hire("Phó Hiệu trưởng")
    office.hire("Văn thư", issuer=True)
    office.hire("Nhân viên công nghệ thông tin", admin=True)
    office.hire("Nhân viên thư viện")
    teachers = [_teachers(office, speciality, len(names)) for speciality in _SPECIALITIES]
    homerooms: set[str] = set()
    classes, assignments = [], []
    for index, (name, grade) in enumerate(names):
        own = [codes[index] for codes in teachers]
        homeroom = _homeroom(own, homerooms, index)
        leader = principal if grade == _LAST_GRADE else vice
        classes.append(
            ClassLine(row=index + _FIRST_ROW, name=name, grade=grade, homeroom=homeroom, leader=leader)
        )
        taught = _taught(own, homeroom, index)
        if grade == _LAST_GRADE:
            taught["NDGDDP"] = vice
        assignments += _lines(name, taught, own, is_last=index == len(names) - 1)
    numbered = (_numbered(line, row) for row, line in enumerate(assignments, start=_FIRST_ROW))
    return Staffing(staff=tuple(office.staff), classes=tuple(classes), assignments=tuple(numbered))


def _teachers(office: _Office, speciality: _Speciality, classes: int) -> list[str]:
    """For each class, the code of its teacher of the speciality."""
    load = speciality.few if classes <= _SMALL else speciality.many
    hired = [office.hire("Giáo viên") for _ in range(-(-classes // load))]
    return [hired[index // load] for index in range(classes)]


def _homeroom(own: Sequence[str], taken: set[str], index: int) -> str:
    """One of the class's teachers who has no class yet, another speciality each time."""
    main = own[:_HOMEROOMS]
    turned = [*main[index % _HOMEROOMS :], *main[: index % _HOMEROOMS], *own[_HOMEROOMS:]]
    found = next(code for code in turned if code not in taken)
    taken.add(found)
    return found


def _taught(own: Sequence[str], homeroom: str, index: int) -> dict[str, str]:
    taught = {
        subject: code
        for speciality, code in zip(_SPECIALITIES, own, strict=True)
        for subject in speciality.subjects
    }
    taught["HDTNHN"] = homeroom
    if index % 2:
        taught["GDCD"] = taught["NGUVAN"]
    return taught


def _lines(
    name: str, taught: Mapping[str, str], own: Sequence[str], *, is_last: bool
) -> list[AssignmentLine]:
    """A class's teaching; in the last class *Tin học* changed hands between the terms."""
    lines = []
    for subject, code in taught.items():
        terms: tuple[Term, ...] = YEAR
        if is_last and subject == "TIN":
            lines.append(
                AssignmentLine(row=0, class_name=name, subject=subject, terms=(Term.I,), staff=own[0])
            )
            terms = (Term.II,)
        lines.append(AssignmentLine(row=0, class_name=name, subject=subject, terms=terms, staff=code))
    return lines


def _numbered(line: AssignmentLine, row: int) -> AssignmentLine:
    return AssignmentLine(
        row=row, class_name=line.class_name, subject=line.subject, terms=line.terms, staff=line.staff
    )
