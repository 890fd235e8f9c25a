"""Judges that are not ours, on a transcript's files; each asserts that it is content."""

import subprocess
import unicodedata
from pathlib import Path

from lxml import etree

from tests.documents.test_agreement import WITH_ID

DS = "{http://www.w3.org/2000/09/xmldsig#}"
NAMES = ("HO_VA_TEN", "HO_VA_TEN_ME", "TEN_TRUONG")


def signatures(xml: Path) -> list[str]:
    """The Id of every signature of a file."""
    return [str(each.get("Id")) for each in etree.parse(xml).iterfind(f".//{DS}Signature")]


def xmlsec1(xml: Path) -> None:
    """xmlsec1 accepts every signature."""
    ids = [part for element in WITH_ID for part in ("--id-attr:Id", element)]
    for signature in signatures(xml):
        command = ["xmlsec1", "--verify", "--insecure", "--enabled-reference-uris", "same-doc", *ids]
        ran = subprocess.run([*command, "--node-id", signature, str(xml)], capture_output=True, check=False)
        assert ran.returncode == 0, (xml.name, signature, ran.stderr[-500:])


def pdfsig(pdf: Path) -> None:
    """pdfsig finds one seal, valid, over the whole file."""
    said = subprocess.run(
        ["pdfsig", "-nocert", str(pdf)], capture_output=True, text=True, check=False, timeout=60
    ).stdout
    assert said.count("Signature Validation: Signature is Valid.") == 1, said
    assert said.count("Total document signed") == 1, said


def pdftotext(xml: Path, pdf: Path) -> None:
    """pdftotext gives every name back, letter for letter."""
    text = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True
    ).stdout
    words = unicodedata.normalize("NFC", " ".join(text.split()))
    root = etree.parse(xml)
    names = {element.text for tag in NAMES for element in root.iter(tag)}
    assert names
    for name in names:
        assert name in words, (name, pdf.name)
