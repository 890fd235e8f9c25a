"""School data as workbooks: the template to fill in, its rows read back, and the rows with their errors.

Its sheets hold what the transcripts of a school's levels are made of (functions B1-B4 and B6; guide
II.1).  The tables of ``sheets`` say what each holds; template, reader and error workbook follow them.
"""

from hocba.documents.workbooks.lines import Sheets
from hocba.documents.workbooks.marking import error_workbook
from hocba.documents.workbooks.missing import MissingLine, missing_workbook
from hocba.documents.workbooks.problems import Problem, ProblemCode, Severity, SheetKey
from hocba.documents.workbooks.reading import read, rows_of
from hocba.documents.workbooks.writing import fill, template

__all__ = [
    "MissingLine",
    "Problem",
    "ProblemCode",
    "Severity",
    "SheetKey",
    "Sheets",
    "error_workbook",
    "fill",
    "missing_workbook",
    "read",
    "rows_of",
    "template",
]
