"""The whole main job, small, and what everybody else says of its files.

A school of four pupils goes through ``hocba demo``: a real server, real agents, a real remote
signing service, everything over HTTP.  Then judges that are not ours look at every file.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from hocba.demo.main import main
from tests.demo import judges
from tests.documents.test_agreement import JAVA
from tests.tools import needs

HOCBA = Path(sys.executable).with_name("hocba")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a demo of four pupils in four classes left behind."""
    folder = tmp_path_factory.mktemp("demo") / "var"
    size = ["--students", "4", "--classes", "4", "--seed", "11", "--folder", str(folder)]
    ran = subprocess.run([HOCBA, "demo", *size], capture_output=True, text=True, check=False, timeout=300)
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-4000:]
    return folder


def transcripts(demo: Path, suffix: str) -> list[Path]:
    found = sorted((demo / "export").glob(f"*/*{suffix}"))
    assert len(found) == 4
    return found


def test_the_report_counts_what_was_made(demo):
    report = json.loads((demo / "report.json").read_text())

    slots = [len(judges.signatures(path)) for path in transcripts(demo, ".xml")]
    assert (report["students"], report["transcripts"], report["classes"], report["seals"]) == (5, 4, 4, 4)
    assert report["by_class"] == [
        {"class": f"{grade}A1", "level": "thcs", "profile": "hocba-2.0", "transcripts": 1}
        for grade in (6, 7, 8, 9)
    ]
    assert [each["class"] for each in report["not_yet_eligible"]] == ["9A1"]
    assert report["signatures"] == sum(slots) > 4 * 10
    assert report["files_that_do_not_verify"] == 0


def test_each_class_has_its_files(demo):
    for folder in (demo / "export").iterdir():
        if folder.is_dir():
            kinds = sorted({path.suffix for path in folder.iterdir()})
            assert kinds == [".cer", ".json", ".pdf", ".xml", ".xslt"]


@pytest.mark.parametrize("size", [("2", "9"), ("4", "3")])
def test_a_school_too_small_for_its_levels_or_classes_is_not_begun(tmp_path, size):
    classes, students = size
    asked = ["--level", "all", "--classes", classes, "--students", students]

    ran = CliRunner().invoke(main, [*asked, "--folder", str(tmp_path / "var")])

    assert (ran.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert "needs at least one" in ran.output


def test_our_verifier_and_the_second_judge_pass_every_file(demo):
    files = [str(path) for suffix in (".xml", ".pdf") for path in transcripts(demo, suffix)]
    crls = [each for name in ("root", "issuing") for each in ("--crl", str(demo / "pki" / f"{name}.crl"))]
    options = ["--json", "--second-opinion", "--require-revocation", "--ca", str(demo / "ca.pem"), *crls]

    ran = subprocess.run([HOCBA, "verify", *options, *files], capture_output=True, text=True, check=False)

    said = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [row["verdict"] for row in said] == ["passed"] * 8, said
    assert ran.returncode == 0


def test_one_changed_letter_fails_and_the_exit_code_says_so(demo, tmp_path):
    whole = transcripts(demo, ".xml")[0].read_text()
    forged = tmp_path / "forged.xml"
    forged.write_text(whole.replace("<GIOI_TINH>N", "<GIOI_TINH>M", 1))

    ran = subprocess.run(
        [HOCBA, "verify", "--json", "--ca", str(demo / "ca.pem"), str(forged)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert json.loads(ran.stdout)["verdict"] == "failed"
    assert ran.returncode == 1


@needs("xmlsec1")
def test_xmlsec1_accepts_every_signature_of_every_file(demo):
    for path in transcripts(demo, ".xml"):
        judges.xmlsec1(path)


@needs("java", "javac")
def test_a_jdk_in_secure_mode_accepts_every_signature_of_every_file(demo, tmp_path):
    files = transcripts(demo, ".xml")
    subprocess.run(["javac", "-d", str(tmp_path), str(JAVA)], check=True, timeout=120)
    places = []
    for number, path in enumerate(files):  # a JDK in the C locale reads no Vietnamese file names
        places.append(tmp_path / f"{number}.xml")
        places[-1].write_bytes(path.read_bytes())

    ran = subprocess.run(
        ["java", "-cp", str(tmp_path), "CheckSignatures", *map(str, places)],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip

    said = [line.rsplit(" ", 1)[1] for line in ran.stdout.splitlines()]
    count = sum(len(judges.signatures(path)) for path in files)
    assert said == ["true"] * count


@needs("pdfsig")
def test_pdfsig_finds_the_seal_valid_over_the_whole_file(demo):
    for path in transcripts(demo, ".pdf"):
        judges.pdfsig(path)


@needs("pdftotext")
def test_pdftotext_gives_every_name_back_letter_for_letter(demo):
    for xml, pdf in zip(transcripts(demo, ".xml"), transcripts(demo, ".pdf"), strict=True):
        judges.pdftotext(xml, pdf)


@needs("pdfdetach")
def test_the_xml_in_the_pdf_is_the_file_beside_it(demo, tmp_path):
    for xml, pdf in zip(transcripts(demo, ".xml"), transcripts(demo, ".pdf"), strict=True):
        inside = tmp_path / xml.name
        subprocess.run(["pdfdetach", "-save", "1", "-o", str(inside), str(pdf)], check=True, timeout=60)
        assert inside.read_bytes() == xml.read_bytes()
