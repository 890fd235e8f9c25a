"""A signed transcript, its form, and the form sealed by the school."""

from datetime import datetime, timedelta
from functools import cache

from hocba.documents.content import read
from hocba.documents.form import render
from hocba.documents.seal import complete_seal, prepare_seal
from tests import pki
from tests.documents import signed
from tests.documents.forms import signers

SEALED_AT = signed.FIRST + timedelta(minutes=30)


@cache
def signed_xml() -> bytes:
    """The sample transcript with every signature of its plan."""
    return signed.small().xml


@cache
def form(xml: bytes | None = None) -> bytes:
    """The form with the signed XML, or with another file, inside."""
    content = read(signed_xml())
    return render(content, signers(content), xml=xml or signed_xml(), at=signed.FIRST)


def seal(pdf: bytes, holder: pki.Holder | None = None, at: datetime = SEALED_AT) -> bytes:
    """``pdf`` sealed by the school, or by somebody else."""
    by = holder or pki.pki().school
    prepared = prepare_seal(pdf, by.certificate, at)
    return complete_seal(prepared.state, by.sign(prepared.tbs))


@cache
def sealed() -> bytes:
    """The sealed form as it is exported."""
    return seal(form())
