"""typst, kept warm: one compiler for each thread, our fonts only, the same bytes every time.

Creating a compiler reads the fonts; keeping it makes a form about three times faster.  A
compiler refuses a second caller while it works, hence one for each thread.  Templates come
from our assets; data goes in as strings and is never read as markup, and no template
imports a package, so nothing is ever fetched.
"""

import threading
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import typst

from hocba.documents import fonts

_ASSETS = Path(str(files("hocba.documents").joinpath("assets")))
_FONTS = typst.Fonts(
    include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts.DIRECTORY)]
)
_local = threading.local()
_AGING = 9


def pdf_a(template: str, inputs: Mapping[str, str], *, at: datetime) -> bytes:
    """Set ``template`` (a file of our assets) as PDF/A-3b.

    The tags of an accessible PDF are left out: PDF/A-3b does not ask for them, and they
    make the file three times as big.

    :param at: the document's date; with the same inputs and date the bytes are the same.
    """
    done = _compiler(template).compile(
        format="pdf",
        sys_inputs=dict(inputs),
        pdf_standards=["a-3b"],
        timestamp=int(at.timestamp()),
        pdf_tags=False,
    )
    assert isinstance(done, bytes)
    _forget()
    return done


def _forget() -> None:
    """Let typst forget what it has set before: it keeps that for ten compilations, 6 to 20 MB for each.

    What every form has in common is used again by the next one, and stays.  One millisecond.
    """
    empty = _compiler("empty.typ")
    for _ in range(_AGING):
        empty.compile(format="svg")


def _compiler(template: str) -> typst.Compiler:
    compilers: dict[str, typst.Compiler] = _local.__dict__.setdefault("compilers", {})
    if template not in compilers:
        compilers[template] = typst.Compiler(
            str(_ASSETS / template), root=str(_ASSETS), font_paths=_FONTS, ignore_system_fonts=True
        )
    return compilers[template]
