"""The printed form and the school's seal on it (goal 5).

The limit is one raw RSA signature.  pyHanko is measured as its documentation shows it (key and
certificate loaded from files, room reserved by signing once for nothing) and with the signer kept.  Its
seal certifies nothing and is not prepared for a later answer; otherwise the two are alike.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks import judges
from benchmarks.documents import Paper, files, key_of, ordinary, papers, time_of
from benchmarks.measure import Case, each_in_turn, side_by_side
from benchmarks.peers import by_pyhanko
from benchmarks.peers.keys import write_files
from benchmarks.report import Goal, Line
from hocba.documents import content
from hocba.documents.form import ShownSigner, render
from hocba.documents.seal import complete_seal, prepare_seal
from hocba.domain.values import Slot

MEASURE = "seal: the school's PAdES seal on the form with its XML"
FORM = "form: PDF/A-3b with its XML inside, then the seal"
ISSUED_AT = time_of(12)
_PDFS = 20


def lines() -> Iterator[Line]:
    """The lines of this group."""
    yield from _seal()
    yield from _form()


def form(paper: Paper, file: bytes) -> bytes:
    """The printed form of a signed file, with the file inside."""
    return render(content.read(file), shown(paper.plan), xml=file, at=ISSUED_AT)


def shown(plan: Sequence[Slot]) -> list[ShownSigner]:
    """The signers as the form lists them."""
    return [
        ShownSigner(
            key=slot.key,
            role=slot.step.slot_role,
            name=slot.name,
            title=slot.title,
            signed_at=time_of(place),
            certificate_subject=key_of(slot).certificate.subject,
            issuer=key_of(slot).certificate.issuer,
            serial=f"{key_of(slot).certificate.serial:X}",
        )
        for place, slot in enumerate(plan)
    ]


def seal(pdf: bytes, slot: Slot) -> bytes:
    """``pdf`` sealed with the key of ``slot``, in the product's two phases."""
    key = key_of(slot)
    prepared = prepare_seal(pdf, key.certificate, ISSUED_AT)
    return complete_seal(prepared.state, key.sign(prepared.digest))


def _seal() -> Iterator[Line]:
    slot, pdfs = papers()[0].plan[-1], list(map(form, papers()[:_PDFS], files()))
    with tempfile.TemporaryDirectory() as folder:
        sealers = _sealers(slot, write_files(slot, Path(folder)))
        for sealer in sealers.values():
            judges.judge_pdf(sealer(pdfs[0]))
        cases = {name: Case(each_in_turn(pdfs, sealer)) for name, sealer in sealers.items()}
        spent = side_by_side({"limit": Case(lambda: key_of(slot).sign(bytes(32))), **cases})
    yield Line(measure=MEASURE, who="limit: raw RSA-2048 sign", value=spent["limit"])
    yield Line(
        measure=MEASURE, who="hocba: prepare, sign, complete", value=spent["hocba"], goal=Goal("≤", 15)
    )
    for name in ("pyHanko, as documented", "pyHanko, signer kept"):
        ratio = spent.ratio(name, "hocba")
        yield Line(measure=MEASURE, who=name, value=spent[name], ratio=ratio, of="as long as hocba")


def _sealers(slot: Slot, pem: tuple[str, str]) -> dict[str, Callable[[bytes], bytes]]:
    kept = by_pyhanko.loaded(pem)
    return {
        "hocba": lambda pdf: seal(pdf, slot),
        "pyHanko, as documented": lambda pdf: by_pyhanko.seal(pdf, by_pyhanko.loaded(pem)),
        "pyHanko, signer kept": lambda pdf: by_pyhanko.seal(pdf, kept),
    }


def _form() -> Iterator[Line]:
    long = list(zip(papers(), files(), strict=True))

    def rendered(given: tuple[Paper, bytes]) -> bytes:
        return form(*given)

    def sealed(given: tuple[Paper, bytes]) -> bytes:
        return seal(form(*given), given[0].plan[-1])

    for given in (long[0], ordinary()[0]):
        judges.judge_pdf(sealed(given))
    spent = side_by_side(
        {
            "form": Case(each_in_turn(long[:_PDFS], rendered)),
            "both": Case(each_in_turn(long[_PDFS : 2 * _PDFS], sealed)),  # typst remembers what it has set
            "ordinary": Case(each_in_turn(ordinary(), sealed)),
        }
    )
    yield Line(measure=FORM, who="hocba: render", value=spent["form"])
    yield Line(measure=FORM, who="hocba: render and seal", value=spent["both"], goal=Goal("≤", 80))
    yield Line(measure=FORM, who="hocba: the same with one remark a row", value=spent["ordinary"])
