"""Reading a pupil's record is written down (Luật 91/2025): who, what, when.  Lists of names do not count."""

from enum import StrEnum


class AccessKind(StrEnum):
    """What was read."""

    STUDENT = "student"  # profile, results or summary of a pupil
    TRANSCRIPT = "transcript"  # its content, or the page for people
    FILE = "file"  # of a transcript: XML, PDF, page, booklet, export
