"""Codes whose leading zeros a spreadsheet dropped: ``1`` where the school says ``0001``.

A code of digits alone that nobody has is taken for the one that differs from it by leading zeros only,
when there is exactly one: on *Học sinh* and *Nhân sự* among the school's own, elsewhere among the file's
too.  Where a name stands in the row it must be the same.  Every row that is read so has a warning.

No spreadsheet stands between us and a client of the API: what it sends without its zeros is a mistake of its
own, and refused with the code that may have been meant.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hocba.documents.workbooks import Problem, ProblemCode, SheetKey, Sheets
from hocba.documents.workbooks.cells import fold
from hocba.documents.workbooks.sheets import column_of
from hocba.store.school import SchoolData

OF_PUPILS = (
    SheetKey.RESULTS,
    SheetKey.SUMMARIES,
    SheetKey.PRIMARY_RESULTS,
    SheetKey.PRIMARY_SUMMARIES,
    SheetKey.EARLIER_YEARS,
    SheetKey.OVERRIDES,
)
"""The sheets whose rows belong to a pupil."""

_OF_STAFF = ((SheetKey.CLASSES, "homeroom"), (SheetKey.CLASSES, "leader"), (SheetKey.ASSIGNMENTS, "staff"))


def complete(sheets: Sheets, data: SchoolData) -> Sheets:
    """The same rows of a workbook with the codes they mean, and what was read so among the problems."""
    pupils = {code: row["full_name"] for code, row in data.students.rows.items()}
    staff = {code: row["full_name"] for code, row in data.people.rows.items()}
    mended = _mend(sheets, SheetKey.STUDENTS, "code", _Codes.of(pupils))
    mended = _mend(mended, SheetKey.STAFF, "code", _Codes.of(staff))
    every_pupil = _Codes.of(pupils | {line.code: line.full_name for line in mended.students})
    everybody = _Codes.of(staff | {line.code: line.full_name for line in mended.staff})
    for sheet in OF_PUPILS:
        mended = _mend(mended, sheet, "student", every_pupil)
    for sheet, field in _OF_STAFF:
        mended = _mend(mended, sheet, field, everybody)
    return mended


def incomplete(sheets: Sheets, data: SchoolData) -> Sheets:
    """The rows of a client as they are, and among the problems the codes that lack their leading zeros."""
    wrong = [
        replace(each, code=ProblemCode.CODE_INCOMPLETE)
        for each in complete(sheets, data).problems
        if each.code is ProblemCode.CODE_COMPLETED
    ]
    return replace(sheets, problems=(*sheets.problems, *wrong))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Codes:
    """What there is: code to name, and by its digits without leading zeros the code; "" for several."""

    names: Mapping[str, str]
    bare: Mapping[str, str]

    @classmethod
    def of(cls, names: Mapping[str, str]) -> "_Codes":
        bare: dict[str, str] = {}
        for code in filter(_is_number, names):
            short = code.lstrip("0")
            bare[short] = "" if short in bare else code
        return cls(names=names, bare=bare)

    def meant(self, code: str, name: str) -> str:
        """The code that was meant; "" when it is known, nobody can tell, or the name is another's."""
        if code in self.names or not _is_number(code):
            return ""
        found = self.bare.get(code.lstrip("0"), "")
        return found if not name or fold(name) == fold(self.names.get(found, "")) else ""


def _is_number(code: str) -> bool:
    return code.isascii() and code.isdigit()


def _mend(sheets: Sheets, sheet: SheetKey, field: str, codes: _Codes) -> Sheets:
    lines = sheets.lines(sheet)
    meant = {
        line.row: code
        for line in lines
        if (code := codes.meant(getattr(line, field), getattr(line, "full_name", "")))
    }
    if not meant:
        return sheets
    mended = tuple(replace(line, **{field: meant[line.row]}) if line.row in meant else line for line in lines)
    problems = (*sheets.problems, *_problems(lines, sheet, field, meant))
    changed: dict[str, Any] = {sheet.value: mended, "problems": problems}
    return replace(sheets, **changed)


def _problems(
    lines: tuple[Any, ...], sheet: SheetKey, field: str, meant: Mapping[int, str]
) -> Iterator[Problem]:
    header = column_of(sheet, field).header
    for line in lines:
        if line.row in meant:
            yield Problem(
                sheet=sheet,
                row=line.row,
                code=ProblemCode.CODE_COMPLETED,
                header=header,
                value=getattr(line, field),
                facts={"name": meant[line.row]},
            )
