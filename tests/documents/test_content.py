from dataclasses import replace
from decimal import Decimal

import pytest

from hocba.documents import content
from hocba.documents.content import IncompleteRecordError, UnreadableDataError, UnreadableXmlError
from hocba.documents.formats import mark, read_mark
from hocba.domain.record import Kind
from hocba.domain.values import Slot
from tests.documents import samples


def built(**changed: object) -> bytes:
    return content.build(
        samples.record(**changed), samples.plan(), lookup_code=samples.LOOKUP, created_at=samples.CREATED
    )


def test_what_is_written_is_read_back_whole() -> None:
    record = samples.record()
    facts = content.describe(record, samples.plan(), lookup_code=samples.LOOKUP, created_at=samples.CREATED)
    assert content.read(content.write(facts)) == facts
    assert facts.school == record.school
    assert facts.student == record.student
    assert facts.results == record.results
    assert facts.summary == record.summary
    assert facts.row_slots["TIN"] == "gvbm-1"
    assert [row.role for row in facts.plan] == ["GVBM"] * 10 + ["GVCN", "CBQL", "KY_PHAT_HANH"]


def test_null_is_left_out() -> None:
    data = built().decode()
    assert "HO_VA_TEN_CHA" not in data
    assert "DANH_GIA_LAI" not in data
    assert "MIEN" not in data


@pytest.mark.parametrize("field", ["full_name", "personal_id", "register_number", "birthplace"])
def test_an_empty_mandatory_field_makes_no_document(field: str) -> None:
    with pytest.raises(IncompleteRecordError):
        built(student=replace(samples.record().student, **{field: ""}))


def test_a_subject_code_that_could_not_be_an_id_makes_no_document() -> None:
    with pytest.raises(IncompleteRecordError):
        built(results=(samples.result('TO"AN', "Toán", Kind.SCORE),))


@pytest.mark.parametrize("left_out", ["gvcn", "cbql", "ky-phat-hanh"])
def test_a_plan_without_one_of_the_fixed_slots_makes_no_document(left_out: str) -> None:
    plan: list[Slot] = [slot for slot in samples.plan() if slot.key != left_out]
    with pytest.raises(IncompleteRecordError):
        content.build(samples.record(), plan, lookup_code=samples.LOOKUP, created_at=samples.CREATED)


@pytest.mark.parametrize(
    ("score", "written"),
    [("8", "8.0"), ("8.5", "8.5"), ("8.50", "8.5"), ("10", "10.0"), ("0.0", "0.0"), ("1E+1", "10.0")],
)
def test_a_score_has_a_point_and_at_least_one_decimal(score: str, written: str) -> None:
    assert mark(Decimal(score)) == written
    assert read_mark(written) == Decimal(score)


def test_a_score_with_five_decimals_is_refused() -> None:
    with pytest.raises(ValueError, match="four decimals"):
        mark(Decimal("8.12345"))


@pytest.mark.parametrize(
    "change",
    [
        (b"<HO_VA_TEN>", b"<TEN_LA>"),
        (b"<PHIEN_BAN>hocba-2.0", b"<PHIEN_BAN>hocba-9.9"),
        (b"07/03/2011", b"2011-03-07"),
        (b"<MA_CAP_HOC>03", b"<MA_CAP_HOC>99"),
        (b"<KIEU_DANH_GIA>diem", b"<KIEU_DANH_GIA>khac"),
    ],
)
def test_data_of_another_shape_is_not_read(change: tuple[bytes, bytes]) -> None:
    before, after = change
    data = built().replace(before, after)
    with pytest.raises((UnreadableDataError, UnreadableXmlError)):
        content.read(data)


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<HOC_BA>",
        b"<HOC_BA></HOC_BA>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b"<a>" * 40 + b"</a>" * 40,
        b"<a>" + b"<b/>" * 9000 + b"</a>",
        b"<a>" + b" " * (1 << 20) + b"</a>",
        "<?xml version='1.0' encoding='UTF-16'?><a></a>".encode("utf-16"),
        b"<?xml version='1.0' encoding='ISO-8859-1'?><DU_LIEU_HOC_BA></DU_LIEU_HOC_BA>",
    ],
)
def test_xml_that_may_not_come_in_is_refused(xml: bytes) -> None:
    with pytest.raises((UnreadableDataError, UnreadableXmlError)):
        content.read(xml)


def test_the_decision_by_which_somebody_signs_for_another_stands_in_the_signed_plan() -> None:
    decision = "Quyết định số 12/QĐ-THCSTN ngày 20/5/2026 của Hiệu trưởng"
    plan = tuple(replace(slot, basis=decision) if slot.key == "cbql" else slot for slot in samples.plan())
    data = content.build(samples.record(), plan, lookup_code=samples.LOOKUP, created_at=samples.CREATED)
    assert data.count(b"<CAN_CU>") == 1
    assert [row.basis for row in content.read(data).plan] == [*[""] * 11, decision, ""]
