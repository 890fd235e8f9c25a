"""What the documents of a profile hold, as data; the writer and the reader are driven by it.

::

    DU_LIEU_HOC_BA Id="data"
      THONG_TIN_CHUNG Id="thongtinchung"    general    paths start at a ``Content``
      QUA_TRINH_HOC_TAP …                   history    at a ``HistoryRow``
      TONG_KET                              year       at the summary of the year
        BANG_DIEM
          DIEM_TONG_KET Id="diem-TOAN" …    result     at a ``SubjectResult``; then GVBM
      KE_HOACH_KY                           plan       at a ``PlanRow``; then its MA_MON_HOC
        KY …

A profile without ``plan`` has no subject teachers either: three people sign, and who they are stands
in THONG_TIN_CHUNG.  The schema (``assets``) says the same to machines; a test holds the two together.
"""

from dataclasses import dataclass

from hocba.documents.formats import DAY, TEXT, Format
from hocba.domain.values import Level, Profile, Step

DATA_ID = "data"
GENERAL_ID = "thongtinchung"
ROW_ID = "diem-"
"""What stands before a subject's code in the Id of its row."""

ISSUE_ROLE = Step.ISSUE.slot_role
"""The role of the school's own slot."""


def stylesheet(profile: Profile) -> str:
    """The name under which the stylesheet travels beside documents of ``profile``."""
    return f"{profile}.xslt"


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One element: its tag, where its value comes from (a dotted path), and its format.

    :ivar key: the path leads to a mapping, and this is the key in it.
    :ivar waived: a required one that may be missing of who is not assessed.
    :ivar derived: written for readers of the file, not read back.
    """

    tag: str
    path: str
    format: Format = TEXT
    required: bool = True
    derived: bool = False
    key: str = ""
    waived: bool = False

    @property
    def always(self) -> bool:
        """Whether every document has it."""
        return self.required and not self.waived


def optional(tag: str, path: str, format_: Format = TEXT, *, key: str = "") -> Field:
    """A field that is left out when there is nothing to say."""
    return Field(tag, path, format_, required=False, key=key)


def assessed(tag: str, path: str, format_: Format = TEXT, *, key: str = "") -> Field:
    """A field that is missing only of who is not assessed."""
    return Field(tag, path, format_, key=key, waived=True)


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """An element around fields.

    :ivar path: where their paths start; empty: where those around the group do.
    """

    tag: str
    fields: tuple[Field, ...]
    path: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """An element that stands any number of times, once for each text."""

    tag: str
    path: str


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The place of the rows of marks."""

    tag: str = "BANG_DIEM"
    row: str = "DIEM_TONG_KET"


Part = Field | Group | Texts | Table


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shape:
    """The documents of one profile at one level.

    :ivar circular: THONG_TU, the circular whose form the level's transcript follows.
    :ivar schema: the file of the XML schema in our assets.
    """

    profile: Profile
    level: Level
    circular: str
    schema: str
    general: tuple[Field, ...]
    history: tuple[Field, ...]
    year: tuple[Part, ...]
    result: tuple[Field, ...]
    plan: tuple[Field, ...] = ()

    @property
    def primary(self) -> bool:
        """Whether the year is summed up as primary schools do."""
        return self.level is Level.TH

    @property
    def holds_plan(self) -> bool:
        """Whether the signing plan, and with it subject teachers, are in the signed data."""
        return bool(self.plan)

    @property
    def instruction(self) -> str:
        """What ``xml-stylesheet`` says, the only processing instruction a file may have."""
        return f'type="text/xsl" href="{stylesheet(self.profile)}"'

    @staticmethod
    def says(path: str, parts: tuple[Part, ...]) -> bool:
        """Whether one of ``parts`` is the field of ``path``."""
        return any(isinstance(part, Field) and part.path == path for part in parts)

    @property
    def days(self) -> tuple[str, ...]:
        """The tags that hold a day."""
        return tuple(field.tag for field in (*self.general, *self.history) if field.format is DAY)
