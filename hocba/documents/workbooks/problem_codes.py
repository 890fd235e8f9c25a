"""The names of everything that can be wrong in a workbook."""

from enum import StrEnum, auto


class ProblemCode(StrEnum):
    """The names that clients match on.  Add freely; never rename or reuse."""

    # the file and its sheets
    NO_KNOWN_SHEET = auto()
    SHEET_UNKNOWN = auto()
    SHEET_HIDDEN = auto()
    COLUMN_MISSING = auto()
    COLUMN_UNKNOWN = auto()
    COLUMN_TWICE = auto()
    # one cell
    REQUIRED = auto()
    TOO_LONG = auto()
    CHARACTER_NOT_ALLOWED = auto()
    DATE_INVALID = auto()
    NUMBER_INVALID = auto()
    MEASURE_INVALID = auto()
    NOT_ROUNDED = auto()
    YEAR_INVALID = auto()
    MARK_INVALID = auto()
    LEVEL_INVALID = auto()
    CHOICE_INVALID = auto()
    PERSONAL_ID_INVALID = auto()
    CODE_INCOMPLETE = auto()
    USERNAME_INVALID = auto()
    SUBJECT_UNKNOWN = auto()
    TRAIT_UNKNOWN = auto()
    NOT_OF_LEVEL = auto()
    # between rows, and between the file and the school
    DUPLICATE = auto()
    TWO_TEACHERS = auto()
    CLASS_UNKNOWN = auto()
    STAFF_UNKNOWN = auto()
    STUDENT_UNKNOWN = auto()
    STUDENT_NOT_ENROLLED = auto()
    GRADE_INVALID = auto()
    SUBJECT_NOT_OF_GRADE = auto()
    OTHER_SHEET = auto()
    MARK_NOT_A_SCORE = auto()
    MARK_NOT_A_LEVEL = auto()
    TEST_NOT_EXPECTED = auto()
    EXEMPT_WITH_MARKS = auto()
    YEAR_NOT_EARLIER = auto()
    RULE_NOT_OF_GRADE = auto()
    RULE_FIXED = auto()
    USERNAME_TAKEN = auto()
    ADMIN_ONLY = auto()
    NOT_TO_ONESELF = auto()
    FROZEN_DATA = auto()
    STUDENT_LEFT = auto()
    CLASS_CONFIRMED = auto()
    # what a person should look at
    PERSONAL_ID_PADDED = auto()
    PERSONAL_ID_DIFFERS = auto()
    PERSONAL_ID_TWICE = auto()
    PERSONAL_ID_ABSENT = auto()
    RECORD_NUMBER_TWICE = auto()
    PUPIL_TWICE = auto()
    BIRTH_YEAR_UNLIKELY = auto()
    CODE_COMPLETED = auto()
    SIGNER_LEFT = auto()
    ETHNICITY_UNKNOWN = auto()
    GRADE_CHANGED = auto()
    TRANSCRIPTS_KEEP = auto()
    NAME_DIFFERS = auto()
    YEAR_MARK_DIFFERS = auto()
    COMPLETION_NOT_EXPECTED = auto()


REFUSED = frozenset({ProblemCode.FROZEN_DATA, ProblemCode.STUDENT_LEFT, ProblemCode.CLASS_CONFIRMED})
"""What leaves its row out and lets the others be taken."""

WARNINGS = frozenset(
    {
        ProblemCode.SHEET_UNKNOWN,
        ProblemCode.SHEET_HIDDEN,
        ProblemCode.COLUMN_UNKNOWN,
        ProblemCode.PERSONAL_ID_PADDED,
        ProblemCode.PERSONAL_ID_DIFFERS,
        ProblemCode.PERSONAL_ID_TWICE,
        ProblemCode.PERSONAL_ID_ABSENT,
        ProblemCode.RECORD_NUMBER_TWICE,
        ProblemCode.PUPIL_TWICE,
        ProblemCode.BIRTH_YEAR_UNLIKELY,
        ProblemCode.CODE_COMPLETED,
        ProblemCode.SIGNER_LEFT,
        ProblemCode.ETHNICITY_UNKNOWN,
        ProblemCode.GRADE_CHANGED,
        ProblemCode.TRANSCRIPTS_KEEP,
        ProblemCode.NAME_DIFFERS,
        ProblemCode.YEAR_MARK_DIFFERS,
        ProblemCode.COMPLETION_NOT_EXPECTED,
    }
)
"""What lets its row be taken: a person should look."""
