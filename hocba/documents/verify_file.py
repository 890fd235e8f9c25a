"""Verify a file as it comes: the XML, or the PDF that carries it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

from hocba.documents.judge import second_opinion as signxml_opinion
from hocba.documents.parsing import parse
from hocba.documents.reasons import Reason
from hocba.documents.sealed import open_sealed
from hocba.documents.slots import Planned
from hocba.documents.verdict import Finding, Outcome, Verdict, conclude
from hocba.documents.verify import verify_xml
from hocba.documents.verify_pdf import verify_pdf
from hocba.trust import Trust

_LOOK_AT = 1024
"""Where readers accept a PDF's header."""
_MARK = b"\xef\xbb\xbf"


def verify_file(
    data: bytes,
    trust: Trust | None,
    *,
    plan: Sequence[Planned] | None = None,
    second_opinion: bool = False,
    judge: Callable[[bytes], list[str]] = signxml_opinion,
) -> Verdict:
    """The verdict on ``data``, an XML or a PDF; told apart by content, not by name.

    :param plan: the signing plan by the school's register, as for ``verify_xml``.
    :param second_opinion: ask ``judge`` as well; a file that it refuses does not pass.
    :param judge: says what is wrong with an XML, nothing when it agrees; signxml's opinion.
    """
    if b"%PDF-" in data[:_LOOK_AT]:
        verdict = verify_pdf(data, trust=trust, plan=plan)
        xml = open_sealed(data).xml if second_opinion else None
    elif data.removeprefix(_MARK).lstrip().startswith(b"<"):
        verdict = verify_xml(data, trust=trust, plan=plan)
        xml = data if second_opinion else None
    else:
        return conclude([Finding(Reason.UNREADABLE_FILE)])
    return verdict if xml is None else _seconded(verdict, xml, judge)


def lookup_code(data: bytes) -> UUID | None:
    """Which transcript ``data``, an XML or a PDF, says it is; nothing of it is verified."""
    xml = open_sealed(data).xml if b"%PDF-" in data[:_LOOK_AT] else data.removeprefix(_MARK)
    try:
        return UUID(parse(xml or b"").findtext("DU_LIEU_HOC_BA/THONG_TIN_CHUNG/MA_TRA_CUU_UUID", ""))
    except ValueError:
        return None


def _seconded(verdict: Verdict, xml: bytes, judge: Callable[[bytes], list[str]]) -> Verdict:
    """``verdict``, unless the second judge refuses what we did not."""
    if verdict.outcome is Outcome.FAILED or not verdict.signatures:
        return verdict
    if not (problems := judge(xml)):
        return verdict
    finding = Finding(Reason.JUDGES_DISAGREE, detail="; ".join(problems))
    return replace(verdict, outcome=Outcome.FAILED, reasons=(*verdict.reasons, finding))
