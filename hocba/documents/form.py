"""The printed form (học bạ) as PDF/A-3b: people read it, the signed XML travels inside it.

Laid out as TT 22/2021 prints it: cover; personal page with *Quá trình học tập*; year page A
with the subjects; year page B with the year's results.  In place of handwriting stand the
digital signatures: the teacher's beside his subject, the homeroom teacher's, the leader's,
the school's; a last page of our own lists each with its certificate.  One document is one
school year.

Left out, because their text is not at hand: the two guide pages *HƯỚNG DẪN SỬ DỤNG HỌC BẠ*.
The form of primary schools (TT 27/2020) is not set here: ``UnknownFormError``.

A draft (anything before issue) says CHƯA PHÁT HÀNH across every page.
"""

from collections.abc import Sequence
from datetime import datetime

import orjson

from hocba.documents import typesetting
from hocba.documents.content import Content
from hocba.documents.form_text import ShownSigner, UnknownFormError, written

__all__ = ["ShownSigner", "UnknownFormError", "render"]

_TEMPLATE = "thcs.typ"


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
    :raises UnknownFormError: for a level without this form.
    """
    inputs = {"data": orjson.dumps(written(content, signers, draft=draft)).decode()}
    if xml is not None:
        inputs["xml"] = xml.decode()
    return typesetting.pdf_a(_TEMPLATE, inputs, at=at)
