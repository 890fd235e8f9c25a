"""The school's seal on the PDF: PAdES B-B in two phases, minutes and processes apart.

::

    prepare_seal(pdf, certificate, time) ── tbs ──> whoever holds the key ── raw ──┐
            └─ state (bytes: keep it in a row) ────────────> complete_seal(state, raw) ──> the sealed PDF

The seal is a certification signature that allows no change (DocMDP 1), in an invisible field:
who sealed and when stands printed on the form.  It is one appended revision; the form's own
bytes stay as they were, its metadata too, so that it remains the PDF/A that it was.
The same arguments give the same bytes, whatever process runs.  Nothing here asks a network.
"""

import struct
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO

import orjson
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest, SignatureObject

from hocba.documents import cms
from hocba.documents.algorithms import default_for, is_valid, readings
from hocba.documents.certificates import Certificate
from hocba.documents.sealed import FIELD
from hocba.documents.signing import WrongSignature
from hocba.documents.verify_pdf import verify_pdf

__all__ = ["PreparedSeal", "WrongSignature", "complete_seal", "prepare_seal", "verify_pdf"]

RESERVED = 16384
"""Hex characters kept for the CMS: 8 KiB, three times what one certificate and one value need."""

REASON = "Ký phát hành học bạ số"
"""What a PDF reader shows as the reason."""

_HEADER = struct.Struct(">I")


class BrokenSealStateError(ValueError):
    """The state is not what ``prepare_seal`` gave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedSeal:
    """A seal that waits for its signature.

    :ivar tbs: the bytes to sign (the CMS signed attributes, DER).
    :ivar digest: their SHA-256.
    :ivar state: everything ``complete_seal`` needs, as large as the PDF.
    """

    tbs: bytes
    digest: bytes
    state: bytes


def prepare_seal(pdf: bytes, certificate: Certificate, time: datetime) -> PreparedSeal:
    """Append the empty seal to ``pdf`` and say what is to be signed.

    :param time: the sealing time, aware; whole seconds are written (``/M``).
    """
    stream = BytesIO(pdf)
    placed = _placed(stream, time.replace(microsecond=0))
    tbs = cms.signed_attributes(certificate, placed.document_digest)
    head = orjson.dumps(
        {
            "certificate": certificate.b64,
            "tbs": tbs.hex(),
            "start": placed.reserved_region_start,
            "end": placed.reserved_region_end,
        }
    )
    state = _HEADER.pack(len(head)) + head + stream.getvalue()
    return PreparedSeal(tbs=tbs, digest=sha256(tbs).digest(), state=state)


def complete_seal(state: bytes, raw: bytes) -> bytes:
    """The sealed PDF; ``raw`` is verified against the certificate first.

    :param raw: PKCS#1, ECDSA as DER or r‖s, or a CMS over the same bytes.
    :raises WrongSignature: when ``raw`` is not this certificate's signature of these bytes.
    :raises BrokenSealStateError: when ``state`` was changed.
    """
    certificate, tbs, placed, pdf = _read(state)
    value = _verified(certificate, tbs, raw)
    stream = BytesIO(pdf)
    placed.fill_with_cms(stream, cms.signed_data(certificate, tbs, value))
    return stream.getvalue()


class _Writer(IncrementalPdfFileWriter):
    """Appends the seal and nothing else: no new metadata, no random id, no newer PDF version."""

    output_version = (1, 7)

    def _update_meta(self) -> None:
        """Leave Info and XMP alone: PDF/A wants them equal, and sealing edits no page."""

    @classmethod
    def _handle_id(cls, prev: PdfFileReader) -> generic.ArrayObject:
        first = prev.trailer["/ID"][0]
        whole = prev.stream.getvalue()
        return generic.ArrayObject([first, generic.ByteStringObject(sha256(whole).digest()[:16])])


def _placed(stream: BytesIO, time: datetime) -> PreparedByteRangeDigest:
    """Write the revision with the empty seal into ``stream`` and hash it."""
    steps: Iterator[object] = PdfCMSEmbedder(new_field_spec=SigFieldSpec(FIELD)).write_cms(
        field_name=FIELD, writer=_Writer(stream)
    )
    next(steps)
    placeholder = SignatureObject(
        timestamp=time, subfilter=SigSeedSubFilter.PADES, reason=REASON, bytes_reserved=RESERVED
    )
    certifying = SigMDPSetup(md_algorithm="sha256", certify=True, docmdp_perms=MDPPerm.NO_CHANGES)
    steps.send(SigObjSetup(sig_placeholder=placeholder, mdp_setup=certifying))  # type: ignore[attr-defined]
    placed, _ = steps.send(SigIOSetup(md_algorithm="sha256", in_place=True))  # type: ignore[attr-defined]
    assert isinstance(placed, PreparedByteRangeDigest)
    return placed


def _read(state: bytes) -> tuple[Certificate, bytes, PreparedByteRangeDigest, bytes]:
    try:
        (length,) = _HEADER.unpack_from(state)
        head = orjson.loads(state[_HEADER.size : _HEADER.size + length])
        pdf = state[_HEADER.size + length :]
        start, end, tbs = int(head["start"]), int(head["end"]), bytes.fromhex(head["tbs"])
        certificate = Certificate.load(b64decode(head["certificate"]))
    except (struct.error, ValueError, KeyError, TypeError) as error:
        raise BrokenSealStateError("not the state of a seal") from error
    digest = sha256(pdf[:start] + pdf[end:]).digest()
    if cms.signed_attributes(certificate, digest) != tbs:
        raise BrokenSealStateError("the document is not the one that was prepared")
    placed = PreparedByteRangeDigest(
        document_digest=digest, reserved_region_start=start, reserved_region_end=end
    )
    return certificate, tbs, placed, pdf


def _verified(certificate: Certificate, tbs: bytes, raw: bytes) -> bytes:
    """The signature in ``raw`` as CMS has it: for ECDSA that is DER, not XMLDSig's r‖s."""
    digest, algorithm = sha256(tbs).digest(), default_for(certificate.key)
    for value in readings(certificate.public_key, raw):
        if is_valid(certificate.public_key, algorithm, digest, value):
            return value if certificate.key == "rsa" else _der(value)
    raise WrongSignature("not a signature of these bytes by this certificate")


def _der(value: bytes) -> bytes:
    half = len(value) // 2
    return encode_dss_signature(int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big"))
