"""One pupil from the record to the sealed PDF (goal 6): XML, 13 signatures, PDF with the XML, seal.

The naive way uses the same libraries as their documentation shows: signxml with the PEM of each key, on the
whole file each time; typst without a kept compiler; pyHanko with its signer loaded from files.
"""

import tempfile
from collections.abc import Iterator, Sequence
from importlib.resources import files as resources
from pathlib import Path

import typst

from benchmarks import judges
from benchmarks.documents import CREATED, Paper, ordinary, papers, sign_all
from benchmarks.measure import Case, Spent, each_in_turn, side_by_side
from benchmarks.peers import by_pyhanko, by_signxml
from benchmarks.peers.keys import write_files
from benchmarks.report import Goal, Line
from benchmarks.sealing import ISSUED_AT, form, seal, shown
from hocba.documents import content, fonts, signing
from hocba.documents.form import TEMPLATE, FormYear, as_json
from hocba.documents.judge import second_opinion

LONG = "pupil: from the record to the sealed PDF, 26 KB of data"
SHORT = "pupil: the same with one remark a row, as most teachers write, 10 KB"
_ASSETS = Path(str(resources("hocba.documents").joinpath("assets")))


def lines() -> Iterator[Line]:
    """The lines of this group; the goals are those for the long document."""
    with tempfile.TemporaryDirectory() as folder:
        pem = write_files(papers()[0].plan[-1], Path(folder))
        long = _spent(papers(), pem)
        short = _spent([paper for paper, _ in ordinary()], pem)
    yield from _lines(LONG, long, Goal("≤", 90), Goal("≥", 12))
    yield from _lines(SHORT, short, None, None)


def _spent(papers: Sequence[Paper], pem: tuple[str, str]) -> Spent:
    for file, pdf in (_ours(papers[0]), _naive(papers[0], pem)):
        judges.judge_xml(file, papers[0].plan)
        judges.judge_pdf(pdf)
    third = len(papers) // 3  # everybody has pupils of his own: typst remembers what it has set
    return side_by_side(
        {
            "ours": Case(each_in_turn(papers[:third], _ours)),
            "judged": Case(each_in_turn(papers[third : 2 * third], _judged)),
            "naive": Case(each_in_turn(papers[2 * third :], lambda paper: _naive(paper, pem))),
        },
        rounds=9,
    )


def _lines(measure: str, spent: Spent, time: Goal | None, times: Goal | None) -> Iterator[Line]:
    yield Line(measure=measure, who="hocba", value=spent["ours"], goal=time)
    yield Line(measure=measure, who="hocba, the second judge asked", value=spent["judged"])
    yield Line(
        measure=measure,
        who="the same libraries, as documented",
        value=spent["naive"],
        ratio=spent.ratio("naive", "ours"),
        of="as long as hocba",
        goal=times,
    )


def _ours(paper: Paper) -> tuple[bytes, bytes]:
    """The signed file and the sealed PDF."""
    data = content.build(paper.record, paper.plan, lookup_code=paper.lookup, created_at=CREATED)
    file = signing.assemble(data, paper.plan, sign_all(paper))
    return file, seal(form(paper, file), paper.plan[-1])


def _judged(paper: Paper) -> tuple[bytes, bytes]:
    """The same, and the second judge is asked in between, as at issue."""
    file, sealed = _ours(paper)
    if problems := second_opinion(file):
        raise judges.NotAcceptedError(f"the second judge says {problems}")
    return file, sealed


def _naive(paper: Paper, pem: tuple[str, str]) -> tuple[bytes, bytes]:
    """The same as documented."""
    data = content.build(paper.record, paper.plan, lookup_code=paper.lookup, created_at=CREATED)
    file = signing.assemble(data, paper.plan, ())
    for slot in paper.plan:
        file = by_signxml.sign(file, paper.plan, slot, load=True)
    return file, by_pyhanko.seal(_printed(paper, data, file), by_pyhanko.loaded(pem))


def _printed(paper: Paper, data: bytes, file: bytes) -> bytes:
    said = as_json([FormYear(content=content.read(data), signers=shown(paper.plan))])
    made = typst.compile(
        str(_ASSETS / TEMPLATE),
        root=str(_ASSETS),
        font_paths=[str(fonts.DIRECTORY)],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": said, "xml": file.decode()},
        pdf_standards=["a-3b"],
        timestamp=int(ISSUED_AT.timestamp()),
        pdf_tags=False,
    )
    assert isinstance(made, bytes)
    return made
