"""pyHanko sealing a PDF the way its documentation shows."""

from io import BytesIO

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers


def loaded(files: tuple[str, str]) -> signers.SimpleSigner:
    """A signer from the files of a key and of its certificate."""
    signer = signers.SimpleSigner.load(*files)  # type: ignore[no-untyped-call]
    assert isinstance(signer, signers.SimpleSigner)
    return signer


def seal(pdf: bytes, signer: signers.SimpleSigner) -> bytes:
    """``pdf`` with a PAdES signature."""
    meta = signers.PdfSignatureMetadata(
        field_name="KyPhatHanh", subfilter=fields.SigSeedSubFilter.PADES, md_algorithm="sha256"
    )
    sealed = signers.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), meta, signer=signer)
    made: bytes = sealed.getvalue()
    return made
