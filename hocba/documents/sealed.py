"""What a sealed PDF holds: its one signature looked at closely, its one attachment taken out.

``open_sealed`` answers with facts and with the problems found, never with an exception for
what the bytes are.  The steps, each with problems of its own:

1. a PDF of reasonable size that can be read, not encrypted, with few revisions and objects,
   and with plain cross-reference tables;
2. exactly one signature, over the whole file but for its own value: nothing was appended;
3. a PAdES certification signature that permits no change;
4. its CMS: one signer, SHA-256, the document's digest, the certificate bound by
   signing-certificate-v2, the value right under that certificate's key;
5. exactly one attachment, associated with the document by relationship Data.

The bytes may be hostile: nothing is fetched, streams are decoded within limits, what cannot
be read is PDF_UNREADABLE.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

from asn1crypto.parser import peek
from pyhanko.pdf_utils.decode_limits import DecodeLimits, DocumentDecodeBudget, StreamDecodeLimits
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from hocba.documents.certificates import Certificate

MAX_BYTES = 8 * 1024 * 1024
"""A transcript's PDF has about 100 KB."""

MAX_OBJECTS = 2_000
"""A transcript's PDF has about 60."""

MAX_REVISIONS = 6
"""The form and its seal are two; later evidence (LT, LTA) adds more."""

_LIMIT = StreamDecodeLimits(max_output_size=2 * 1024 * 1024)
_LIMITS = DecodeLimits(
    per_stream=_LIMIT,
    per_purpose={},
    document_budget=DocumentDecodeBudget(base_allowance=MAX_BYTES, max_ratio=1),
)
_TABLE_ROW = 20

FIELD = "KyPhatHanh"
"""The name of the seal's form field."""

_ALGORITHMS = {"sha256_rsa", "rsassa_pkcs1v15", "sha256_ecdsa"}
_LAST = re.compile(rb"startxref\s+(\d{1,10})\s+%%EOF\s*$")
_PREVIOUS = re.compile(rb"/Prev\s+(\d{1,10})")
_HEX = re.compile(rb"[0-9A-Fa-f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A PDF, opened.

    :ivar xml: the attached file, None when there is not exactly one.
    :ivar certificate: the seal's; None when there is no seal that can be read.
    :ivar sealed_at: the time that the seal says (``/M``).
    :ivar problems: stable codes, in the order found; empty when the seal is right.
    """

    xml: bytes | None = None
    certificate: Certificate | None = None
    sealed_at: datetime | None = None
    problems: tuple[str, ...] = ()


class _Problem(ValueError):  # noqa: N818 -- a step says no; the code is its message
    """One of the codes of ``Sealed.problems``."""


def open_sealed(pdf: bytes) -> Sealed:
    """Everything that can be said about ``pdf`` without asking whom one trusts."""
    try:
        return _open(pdf)
    except _Problem as problem:
        return Sealed(problems=(str(problem),))
    except Exception:  # noqa: BLE001 -- a parser may raise anything on hostile bytes
        return Sealed(problems=("PDF_UNREADABLE",))


def _open(pdf: bytes) -> Sealed:
    reader = _reader(pdf)
    problems: list[str] = []
    xml = _noted(problems, "ATTACHMENT_UNREADABLE", _attachment, reader)
    if (found := _fields_problem(reader)) is not None:
        return Sealed(xml=xml, problems=(*problems, found))
    signatures = reader.embedded_signatures
    if len(signatures) != 1:
        return Sealed(xml=xml, problems=(*problems, "SEAL_MISSING"))
    signature = signatures[0]
    for step in (_covers_everything, _certifies):
        _noted(problems, "SEAL_UNREADABLE", step, pdf, signature)
    certificate = _noted(problems, "SEAL_UNREADABLE", _verified, pdf, signature)
    sealed_at = _noted(problems, "SEAL_UNREADABLE", _sealed_at, signature)
    return Sealed(xml=xml, certificate=certificate, sealed_at=sealed_at, problems=tuple(problems))


def _fields_problem(reader: PdfFileReader) -> str | None:
    """Whether the form has the seal's field and no other; looked at first: a tree could be endless."""
    fields: Any = reader.root["/AcroForm"]["/Fields"] if "/AcroForm" in reader.root else ()
    if len(fields) != 1:
        return "SEAL_NOT_THE_ONLY_SIGNATURE" if fields else "SEAL_MISSING"
    return "SEAL_OF_ANOTHER_KIND" if "/Kids" in fields[0] else None


def _noted(problems: list[str], otherwise: str, step: Any, *given: Any) -> Any:
    """The answer of ``step``, or None with the problem noted."""
    try:
        return step(*given)
    except _Problem as problem:
        problems.append(str(problem))
    except Exception:  # noqa: BLE001 -- as above: hostile bytes
        problems.append(otherwise)
    return None


def _reader(pdf: bytes) -> PdfFileReader:
    _must(pdf.startswith(b"%PDF-1."), "PDF_UNREADABLE")
    _must(len(pdf) <= MAX_BYTES and pdf.count(b"obj") <= 2 * MAX_OBJECTS, "PDF_TOO_LARGE")
    _walk_tables(pdf)
    reader = PdfFileReader(BytesIO(pdf), strict=True, decode_limits=_LIMITS)
    _must(not reader.encrypted, "PDF_ENCRYPTED")
    return reader


def _walk_tables(pdf: bytes) -> None:
    """Follow the cross-reference tables from the last to the first, before any parser does.

    Only plain tables, as the form and its seal have them: streams and hybrids let a file of a
    few kilobytes cost a reader half a minute.
    """
    found = _LAST.search(pdf[-64:])
    _must(found is not None, "PDF_UNREADABLE")
    assert found is not None
    at = int(found[1])
    for _ in range(MAX_REVISIONS):
        end = pdf.find(b"startxref", at)
        _must(pdf[at : at + 4] == b"xref" and end > 0, "PDF_UNREADABLE")
        _must(end - at <= MAX_OBJECTS * _TABLE_ROW, "PDF_TOO_LARGE")
        table = pdf[at:end]
        _must(b"#" not in table.rpartition(b"trailer")[2] and b"XRefStm" not in table, "PDF_UNREADABLE")
        earlier = _PREVIOUS.findall(table)
        _must(len(earlier) == table.count(b"Prev") <= 1, "PDF_UNREADABLE")
        if not earlier:
            return
        at = int(earlier[0])
    raise _Problem("PDF_TOO_LARGE")


def _attachment(reader: PdfFileReader) -> bytes:
    """The one file inside: in the name tree of embedded files and associated with the document."""
    associated = reader.root["/AF"]
    named = reader.root["/Names"]["/EmbeddedFiles"]
    _must("/Kids" not in named and len(named["/Names"]) == 2, "ATTACHMENT_NOT_THE_ONLY_ONE")  # noqa: PLR2004
    _must(len(associated) == 1, "ATTACHMENT_NOT_THE_ONLY_ONE")
    same = associated.raw_get(0) == named["/Names"].raw_get(1)
    _must(same and associated[0]["/AFRelationship"] == "/Data", "ATTACHMENT_NOT_ASSOCIATED")
    data = associated[0]["/EF"]["/F"].data
    assert isinstance(data, bytes)
    return data


def _covers_everything(pdf: bytes, signature: EmbeddedPdfSignature) -> None:
    """The byte range is the file but for the hex string of this very signature."""
    span = [int(number) for number in signature.byte_range]
    _must(len(span) == 4 and span[0] == 0, "SEAL_DOES_NOT_COVER_THE_FILE")  # noqa: PLR2004
    start, end = span[1], span[2]
    whole = 0 < start < end and end + span[3] == len(pdf)
    _must(whole, "SEAL_DOES_NOT_COVER_THE_FILE")
    gap = pdf[start:end]
    hexadecimal = gap[:1] == b"<" and gap[-1:] == b">" and _HEX.fullmatch(gap[1:-1])
    _must(bool(hexadecimal), "SEAL_DOES_NOT_COVER_THE_FILE")
    content = bytes.fromhex(gap[1:-1].decode())
    rest = content[peek(content) :]
    _must(content == signature.pkcs7_content and not any(rest), "SEAL_DOES_NOT_COVER_THE_FILE")


def _certifies(pdf: bytes, signature: EmbeddedPdfSignature) -> None:
    entry = signature.sig_object
    fits = entry["/SubFilter"] == "/ETSI.CAdES.detached" and signature.field_name == FIELD
    fits = fits and signature.docmdp_level is MDPPerm.NO_CHANGES
    permissions = signature.reader.root["/Perms"].raw_get("/DocMDP")
    _must(fits and permissions == signature.sig_field.raw_get("/V"), "SEAL_OF_ANOTHER_KIND")


def _verified(pdf: bytes, signature: EmbeddedPdfSignature) -> Certificate:
    info = signature.signer_info
    _must(len(signature.signed_data["signer_infos"]) == 1, "SEAL_OF_ANOTHER_KIND")
    certificate = Certificate.load(signature.signer_cert.dump())
    named = (info["digest_algorithm"]["algorithm"].native, info["signature_algorithm"]["algorithm"].native)
    bound = [attribute["type"].native for attribute in info["signed_attrs"]]
    fits = named[0] == "sha256" and named[1] in _ALGORITHMS and "signing_certificate_v2" in bound
    _must(fits and len(bound) == len(set(bound)), "SEAL_OF_ANOTHER_KIND")
    start, end = int(signature.byte_range[1]), int(signature.byte_range[2])
    digest = sha256(pdf[:start] + pdf[end:]).digest()
    intact, valid = validate_sig_integrity(info, signature.signer_cert, "data", digest)
    _must(intact, "SEAL_DIGEST_WRONG")
    _must(valid, "SEAL_SIGNATURE_WRONG")
    return certificate


def _sealed_at(signature: EmbeddedPdfSignature) -> datetime:
    at = signature.self_reported_timestamp
    _must(at is not None and at.tzinfo is not None, "SEAL_TIME_MISSING")
    assert at is not None
    return at


def _must(holds: bool, problem: str) -> None:
    if not holds:
        raise _Problem(problem)
