"""The printed form (học bạ) as PDF/A-3b: people read it, the signed XML travels inside it.

Laid out as the circulars print it: cover; personal page with *Quá trình học tập*; the pages of the
school year.  Secondary schools (TT 22/2021) have page A with the subjects and page B with the
year's results, the same at THCS and THPT; primary schools (TT 27/2020, appendix 1) have the
subjects, then qualities, abilities and the result.  In place of handwriting stand the digital
signatures: the teacher's beside his subject where he signs for it, the homeroom teacher's, the
leader's, the school's; a last page of our own lists each with its certificate.

Left out, because their text is not at hand: the two guide pages *HƯỚNG DẪN SỬ DỤNG HỌC BẠ*.

One document is one school year.  ``render_years`` sets several years of one level in one booklet
with the cover and the personal page of the newest: to look at, neither sealed nor an original, and
each page says *BẢN XEM*.  A draft (anything before issue) says *CHƯA PHÁT HÀNH* across every page.
"""

from collections.abc import Sequence
from datetime import datetime

import orjson

from hocba.documents import typesetting
from hocba.documents.content import Content
from hocba.documents.form_signs import ShownSigner
from hocba.documents.form_text import FormYear, MixedYearsError, written

__all__ = ["TEMPLATE", "FormYear", "MixedYearsError", "ShownSigner", "as_json", "render", "render_years"]

TEMPLATE = "form.typ"
"""The template of all levels, in our assets."""


def render(
    content: Content,
    signers: Sequence[ShownSigner],
    *,
    xml: bytes | None,
    at: datetime,
    draft: bool = False,
) -> bytes:
    """The form as PDF/A-3b, the same bytes for the same arguments.

    About 40 ms of CPU: call it in a thread.

    :param xml: the signed file, attached as ``<look-up code>.xml`` (relationship Data); None: nothing.
    :param at: the date of the document itself.
    """
    inputs = {"data": as_json([FormYear(content=content, signers=signers, draft=draft)])}
    if xml is not None:
        inputs["xml"] = xml.decode()
    return typesetting.pdf_a(TEMPLATE, inputs, at=at)


def render_years(years: Sequence[FormYear], *, at: datetime) -> bytes:
    """Several years of one pupil at one level as one PDF/A-3b to look at, the oldest first.

    About 30 ms of CPU a year: call it in a thread.

    :raises MixedYearsError: for no year, a year twice, or two levels.
    """
    return typesetting.pdf_a(TEMPLATE, {"data": as_json(years, view=True)}, at=at)


def as_json(years: Sequence[FormYear], *, view: bool = False) -> str:
    """What the template reads, as JSON.

    :raises MixedYearsError: as ``render_years``.
    """
    return orjson.dumps(written(years, view=view)).decode()
