"""The schema and the field table say the same."""

from lxml import etree

from hocba.documents import profile
from hocba.documents.schema import ASSETS, problem
from tests.documents import signed

XS = "{http://www.w3.org/2001/XMLSchema}"


def declared(path: str) -> list[tuple[str, bool]]:
    """(tag, required) of the elements that a type of the schema declares, in order."""
    root = etree.parse(ASSETS / f"{profile.PROFILE}.xsd").getroot()
    found = root.find(path.replace("xs:", XS))
    assert found is not None
    return [(e.get("name"), e.get("minOccurs") != "0") for e in found.iterfind(f"{XS}element")]


def listed(*fields: profile.Field) -> list[tuple[str, bool]]:
    return [(field.tag, field.required) for field in fields]


def test_the_schema_has_the_profiles_fields_in_order() -> None:
    kind = "xs:complexType[@name='{}']/xs:sequence"
    assert declared(kind.format("ThongTinChung")) == listed(*profile.GENERAL)
    assert declared(kind.format("QuaTrinh")) == listed(*profile.HISTORY)
    assert declared(kind.format("KetQua")) == listed(*profile.LEVELS)
    assert declared(kind.format("DiemTongKet")) == [*listed(*profile.RESULT), ("GVBM", False)]
    summary = [*listed(*profile.SUMMARY), *((tag, False) for tag, _ in profile.REPEATED)]
    assert declared(kind.format("TongKet"))[2:-1] == [*summary, *listed(*profile.REMARKS)]
    row = kind.format("KeHoachKy") + "/xs:element/xs:complexType/xs:sequence"
    assert declared(row) == [*listed(*profile.PLAN), ("MA_MON_HOC", False)]


def test_a_whole_file_is_of_the_schema_and_its_first_break_is_named_without_values() -> None:
    root = etree.fromstring(signed.small().xml)
    assert problem(root) is None
    root.find(".//SO_CCCD").text = "bí mật"
    assert problem(root) == "line 3: SCHEMAV_CVC_PATTERN_VALID"
