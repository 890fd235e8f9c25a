"""What may not pass: one test for each way to tamper with a sealed file."""

import random
import time
import zlib
from io import BytesIO

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from hocba.documents.sealed import MAX_BYTES, open_sealed
from tests import pki
from tests.documents.seals import SEALED_AT, form, seal, sealed, signed_xml


def test_a_right_seal_has_no_problem():
    opened = open_sealed(sealed())
    assert opened.problems == ()
    assert opened.xml == signed_xml()
    assert opened.certificate == pki.pki().school.certificate
    assert opened.sealed_at == SEALED_AT


def test_a_form_without_a_seal_is_told_apart():
    opened = open_sealed(form())
    assert opened.problems == ("SEAL_MISSING",)
    assert opened.xml == signed_xml()


def test_a_changed_byte_of_a_page_is_found():
    at = sealed().index(b"/MediaBox")
    changed = sealed()[:at] + b"/mediaBox" + sealed()[at + 9 :]
    assert "SEAL_DIGEST_WRONG" in open_sealed(changed).problems


def test_a_changed_byte_of_the_attached_xml_is_found():
    data = bytearray(sealed())
    at = data.index(b"/EmbeddedFile")
    at = data.index(b"stream", at) + 60
    data[at] ^= 1
    assert "SEAL_DIGEST_WRONG" in open_sealed(bytes(data)).problems


def test_an_appended_revision_is_found():
    stream = BytesIO(sealed())
    writer = IncrementalPdfFileWriter(stream)
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = generic.NumberObject(90)
    writer.update_container(page)
    writer.write_in_place()
    assert stream.getvalue().startswith(sealed())
    assert "SEAL_DOES_NOT_COVER_THE_FILE" in open_sealed(stream.getvalue()).problems


@pytest.mark.parametrize("tail", [b"\n", b"%", b" " * 100, b"\n%%EOF\n"])
def test_bytes_after_the_end_are_found(tail):
    assert open_sealed(sealed() + tail).problems != ()


def test_bytes_before_the_beginning_are_found():
    assert open_sealed(b"\n" + sealed()).problems == ("PDF_UNREADABLE",)


@pytest.mark.parametrize("kept", [10, 1000, 20_000, -1, -100, -10_000])
def test_a_cut_file_is_found(kept):
    assert open_sealed(sealed()[:kept]).problems != ()


def test_a_byte_range_with_a_second_hole_is_found():
    old = sealed()[sealed().index(b"/ByteRange") :][:70]
    first = old.split()[2]
    changed = sealed().replace(old, old.replace(first, str(int(first) - 10).encode().rjust(len(first), b"0")))
    assert changed != sealed()
    assert "SEAL_DOES_NOT_COVER_THE_FILE" in open_sealed(changed).problems


def test_something_hidden_in_the_room_for_the_signature_is_found():
    data = sealed()
    end = data.index(b">", data.index(b"/Contents <"))
    assert data[end - 40 : end] == b"0" * 40
    hidden = data[: end - 40] + b"deadbeef" * 5 + data[end:]
    assert open_sealed(hidden).problems == ("SEAL_DOES_NOT_COVER_THE_FILE",)
    assert open_sealed(data[: end - 9] + b"> /X (a) " + data[end:]).problems != ()


def test_a_changed_signature_value_is_found():
    data = bytearray(sealed())
    start = data.index(b"/Contents <") + len(b"/Contents <")
    length = 4 + int(data[start + 4 : start + 8], 16)
    at = start + 2 * length - 10
    data[at : at + 2] = b"00" if data[at : at + 2] != b"00" else b"11"
    assert open_sealed(bytes(data)).problems == ("SEAL_SIGNATURE_WRONG",)


def test_a_seal_by_somebody_else_is_his():
    other = pki.holder("Trường Lạ", "MST:0100000009", pki.pki().outsider)
    opened = open_sealed(seal(form(), other))
    assert opened.problems == ()
    assert opened.certificate == other.certificate != pki.pki().school.certificate


def changed_then_sealed(change) -> bytes:
    """The form, changed by ``change(writer)`` before the school seals it."""
    stream = BytesIO(form())
    writer = IncrementalPdfFileWriter(stream)
    change(writer)
    writer.write_in_place()
    return seal(stream.getvalue())


def with_fields(make) -> bytes:
    """The sealed form with a revision that sets the form fields."""
    stream = BytesIO(sealed())
    writer = IncrementalPdfFileWriter(stream)
    form_fields = writer.root["/AcroForm"]
    form_fields["/Fields"] = generic.ArrayObject(make(writer, form_fields["/Fields"]))
    writer.update_container(form_fields)
    writer.write_in_place()
    return stream.getvalue()


def test_a_second_field_is_found():
    pdf = with_fields(lambda _, fields: [fields.raw_get(0), fields.raw_get(0)])
    assert open_sealed(pdf).problems == ("SEAL_NOT_THE_ONLY_SIGNATURE",)


def test_a_tree_of_fields_that_would_never_end_is_turned_away():
    def doubling(writer, fields):
        node = fields.raw_get(0)
        for _ in range(60):
            kids = generic.ArrayObject([node, node])
            node = writer.add_object(generic.DictionaryObject({generic.pdf_name("/Kids"): kids}))
        return [node]

    assert open_sealed(with_fields(doubling)).problems == ("SEAL_OF_ANOTHER_KIND",)


def test_a_second_associated_file_is_found():
    def change(writer):
        files = writer.root["/AF"]
        files.append(files.raw_get(0))
        writer.update_container(files)

    assert open_sealed(changed_then_sealed(change)).problems == ("ATTACHMENT_NOT_THE_ONLY_ONE",)


def test_a_file_that_is_attached_but_not_associated_is_found():
    def change(writer):
        embedded = writer.root["/Names"]["/EmbeddedFiles"]
        embedded["/Names"].extend([generic.pdf_string("other.xml"), writer.root["/AF"].raw_get(0)])
        writer.update_container(embedded)

    assert open_sealed(changed_then_sealed(change)).problems == ("ATTACHMENT_NOT_THE_ONLY_ONE",)


def test_a_form_without_its_xml_is_found():
    def change(writer):
        del writer.root["/AF"]
        writer.update_root()

    assert open_sealed(changed_then_sealed(change)).problems == ("ATTACHMENT_UNREADABLE",)


def test_what_is_too_large_is_not_read():
    assert open_sealed(b"%PDF-1.7\n" + bytes(MAX_BYTES)).problems == ("PDF_TOO_LARGE",)
    assert open_sealed(b"%PDF-1.7\n" + b"1 0 obj\n" * 30_000).problems == ("PDF_TOO_LARGE",)
    many = b"xref\n0 9999\n" + b"0000000009 00000 n \n" * 9999 + b"trailer\n<< >>\nstartxref\n9\n%%EOF\n"
    assert open_sealed(b"%PDF-1.7\n" + many).problems == ("PDF_TOO_LARGE",)


def chained(revisions: int) -> bytes:
    pdf, previous = b"%PDF-1.7\n", b""
    for _ in range(revisions):
        at = len(pdf)
        trailer = b"xref\n0 0\ntrailer\n<< /Size 1 /Root 1 0 R%s >>\nstartxref\n%d\n%%%%EOF\n"
        pdf += trailer % (previous, at)
        previous = b" /Prev %d" % at
    return pdf


def stream_of_references() -> bytes:
    packed = zlib.compress(bytes(30_000_000))
    head = (
        b"1 0 obj\n<< /Type /XRef /Size 5000000 /W [1 4 2] /Filter /FlateDecode /Root 2 0 R /Length %d >>\n"
    )
    body = head % len(packed) + b"stream\n" + packed + b"\nendstream\nendobj\n"
    return b"%PDF-1.7\n" + body + b"startxref\n9\n%%EOF\n"


@pytest.mark.parametrize(
    ("pdf", "problem"),
    [
        (chained(200), "PDF_TOO_LARGE"),
        (chained(1).replace(b"R >>", b"R /Prev 9 >>"), "PDF_TOO_LARGE"),
        (chained(1).replace(b"R >>", b"R /#50rev 9 >>"), "PDF_UNREADABLE"),
        (chained(1).replace(b"R >>", b"R /XRefStm 9 >>"), "PDF_UNREADABLE"),
        (stream_of_references(), "PDF_UNREADABLE"),
        (b"%PDF-1.7\n" + b"<<" * 1_000_000 + b"\nstartxref\n9\n%%EOF\n", "PDF_UNREADABLE"),
        (b"%PDF-1.7\n" + b"\n" * 1_000_000, "PDF_UNREADABLE"),
    ],
    ids=[
        "a long chain",
        "a loop",
        "an escaped name",
        "a hybrid",
        "a table that inflates",
        "nesting",
        "blanks",
    ],
)
def test_what_would_cost_a_reader_dear_is_turned_away_at_once(pdf, problem):
    started = time.process_time()
    assert open_sealed(pdf).problems == (problem,)
    assert time.process_time() - started < 1


def test_an_attachment_that_inflates_is_not_read():
    opened = open_sealed(form(b"<a>" + b" " * 5_000_000 + b"</a>"))
    assert opened.problems == ("ATTACHMENT_UNREADABLE", "SEAL_MISSING")


@pytest.mark.parametrize(
    "pdf", [b"", b"%PDF-1.7", b"%PDF-1.7\n%%EOF", b"\0" * 1000, b"PK\3\4", b"%PDF-2.0\n"]
)
def test_what_is_no_pdf_is_a_problem_and_no_error(pdf):
    assert open_sealed(pdf).problems == ("PDF_UNREADABLE",)


def test_no_bytes_make_it_fail_or_pass():
    chance = random.Random(2026)
    for _ in range(150):
        data = bytearray(sealed())
        for _ in range(chance.choice((1, 3, 30))):
            at = chance.randrange(len(data))
            match chance.randrange(3):
                case 0:
                    data[at] = chance.randrange(256)
                case 1:
                    del data[at : at + chance.randrange(1, 200)]
                case _:
                    data[at:at] = data[chance.randrange(len(data)) :][:50]
        if bytes(data) != sealed() and not inside_the_cms(bytes(data)):
            assert open_sealed(bytes(data)).problems != ()


def inside_the_cms(data: bytes) -> bool:
    """Whether the change lies in the CMS itself, which holds more than its signed attributes."""
    start = sealed().index(b"/Contents <") + len(b"/Contents <")
    length = 2 * (4 + int(sealed()[start + 4 : start + 8], 16))
    same_outside = data[:start] == sealed()[:start] and data[start + length :] == sealed()[start + length :]
    return same_outside and data != sealed()
