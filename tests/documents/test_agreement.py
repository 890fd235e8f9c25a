"""Other people's verifiers agree with ours: xmlsec1, the JDK in secure mode, signxml."""

import subprocess
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from hocba.documents.judge import second_opinion
from hocba.documents.layout import DS, XADES
from hocba.documents.verdict import Checked
from hocba.documents.verify import verify_xml
from tests.documents import levels, signed
from tests.documents.forging import edited, signature, trust
from tests.tools import needs

JAVA = Path(__file__).parent / "java" / "CheckSignatures.java"
OTHERS = tuple(name for name in levels.NAMES if name != levels.THCS)
FILES = (
    "whole", "mark", "value", "role",
    *(f"{what}-{number}" for number in range(len(OTHERS)) for what in ("whole", "name")),
)  # fmt: skip
WITH_ID = (
    "DU_LIEU_HOC_BA", "THONG_TIN_CHUNG", "DIEM_TONG_KET", f"{DS}:Signature", f"{DS}:SignatureValue",
    f"{DS}:Object", f"{XADES}:SignedProperties",
)  # fmt: skip


def change_the_name(root: etree._Element) -> None:
    root.find(".//HO_VA_TEN").text = "Nguyễn Văn Khác"


def change_a_mark(root: etree._Element) -> None:
    root.find(".//DIEM_TONG_KET[@Id='diem-LSDL']/CA_NAM").text = "10.0"


def change_a_value(root: etree._Element) -> None:
    value = signature(root, "gvbm-1")[1]
    value.text = signature(root, "gvbm-2")[1].text


def change_the_role(root: etree._Element) -> None:
    signature(root, "gvcn").find(f".//{{{XADES}}}ClaimedRole").text = "CBQL"


@cache
def files() -> dict[str, bytes]:
    xml = signed.whole().xml
    changes = {"mark": change_a_mark, "value": change_a_value, "role": change_the_role}
    found = {"whole": xml, **{name: edited(xml, edit) for name, edit in changes.items()}}
    for number, name in enumerate(OTHERS):
        whole = levels.whole(name).xml
        found |= {f"whole-{number}": whole, f"name-{number}": edited(whole, change_the_name)}
    return found


def ours(xml: bytes) -> dict[str, bool]:
    found = verify_xml(xml, trust=trust())
    return {f"ky-{s.slot}": s.integrity is Checked.YES for s in found.signatures}


@needs("xmlsec1")
@pytest.mark.parametrize("name", FILES)
def test_xmlsec1_agrees(name: str, tmp_path: Path) -> None:
    path = tmp_path / "hocba.xml"
    path.write_bytes(files()[name])
    ids = [part for element in WITH_ID for part in ("--id-attr:Id", element)]
    said = {}
    for one in ours(files()[name]):
        command = ["xmlsec1", "--verify", "--insecure", "--enabled-reference-uris", "same-doc", *ids]
        ran = subprocess.run(
            [*command, "--node-id", one, str(path)], capture_output=True, check=False, timeout=20
        )
        said[one] = ran.returncode == 0
    assert said == ours(files()[name])


@pytest.fixture(scope="module")
def jdk(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bool]]:
    place = tmp_path_factory.mktemp("jdk")
    subprocess.run(["javac", "-d", str(place), str(JAVA)], check=True, timeout=120)
    for name, xml in files().items():
        (place / name).write_bytes(xml)
    command = ["java", "-cp", str(place), "CheckSignatures", *(str(place / name) for name in files())]
    lines = subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=120
    ).stdout.splitlines()
    said: dict[str, dict[str, bool]] = {}
    for path, one, answer in (line.split() for line in lines):
        said.setdefault(Path(path).name, {})[one] = answer == "true"
    return said


@needs("java", "javac")
@pytest.mark.parametrize("name", FILES)
def test_the_jdk_in_secure_mode_agrees(name: str, jdk: dict[str, dict[str, bool]]) -> None:
    assert jdk[name] == ours(files()[name])
    assert all(jdk[name].values()) == name.startswith("whole")


@pytest.mark.parametrize("name", FILES)
def test_signxml_agrees(name: str) -> None:
    refused = {problem.split(":")[0] for problem in second_opinion(files()[name])}
    assert refused == {one for one, intact in ours(files()[name]).items() if not intact}
