"""Prepare what is to be signed, complete with what came back.  See ``hocba.documents.signing``."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from hocba.documents import layout
from hocba.documents.algorithms import BY_URI, Algorithm, default_for, is_valid, readings
from hocba.documents.certificates import Certificate
from hocba.documents.formats import moment
from hocba.documents.shape import DATA_ID, GENERAL_ID, ROW_ID
from hocba.documents.slots import Planned, covered_keys, data_ids, find, role_of, signature_id
from hocba.domain.values import SlotKey


class WrongSignature(ValueError):  # noqa: N818 -- reads as the fact that it is
    """The answer is no signature of those bytes by that certificate."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is to be signed.

    :ivar tbs: the canonical SignedInfo, whole.
    :ivar digest: its SHA-256.
    :ivar algorithm: ``rsa-sha256`` or ``ecdsa-sha256``.
    """

    tbs: bytes
    digest: bytes
    algorithm: Algorithm


def digests(data: bytes) -> Mapping[str, str]:
    """Id -> base64 SHA-256 of everything in ``data`` that a signature may cover.

    :param data: what ``hocba.documents.content.build`` made; canonical.
    """
    return {id_: _digest64(fragment) for id_, fragment in _fragments(data).items()}


def evidence(data: bytes, slot_key: str, plan: Sequence[Planned]) -> bytes:
    """The canonical bytes behind the first Reference of a slot: what the signer may look at."""
    return _fragments(data)[data_ids(find(plan, slot_key))[0]]


def prepare(  # noqa: PLR0917 -- the order in which a signature is thought of
    slot_key: SlotKey,
    plan: Sequence[Planned],
    digests: Mapping[str, str],
    covered: Mapping[SlotKey, bytes],
    certificate: Certificate,
    time: datetime,
    *,
    algorithm: Algorithm | None = None,
) -> Prepared:
    """The bytes that the signer of ``slot_key`` signs at ``time``.

    :param digests: of the data, from ``digests``.
    :param covered: the values of the signatures made so far; those of the slots before this one
        must be there, others are ignored.
    :param time: aware, whole seconds, not before any covered signature's.
    :raises ValueError: when the plan has no such slot, or something that it must cover is missing.
    """
    row, when, stem = find(plan, slot_key), moment(time), signature_id(slot_key)
    try:
        parts = [(id_, digests[id_]) for id_ in data_ids(row)]
        parts += [_covered(key, covered[key]) for key in covered_keys(plan, slot_key)]
    except KeyError as missing:
        raise ValueError(f"{slot_key} must cover {missing}") from missing
    chosen = algorithm or default_for(certificate.key)
    time_digest, xades_digest = _own_digests(slot_key, when, certificate)
    tbs = layout.signed_info(chosen, parts, time_digest, (stem, xades_digest)).encode()
    return Prepared(tbs, sha256(tbs).digest(), chosen)


def complete(tbs: bytes, certificate: Certificate, raw: bytes) -> bytes:
    """The signature's value, in the form XMLDSig has it.

    :param raw: PKCS#1 or PSS bytes, ECDSA as DER or r‖s, or a CMS without signed attributes.
    :raises WrongSignature: unless ``raw`` signs ``tbs`` with the key of ``certificate``.
    """
    algorithm, digest = _algorithm_of(tbs), sha256(tbs).digest()
    for value in readings(certificate.public_key, raw):
        if is_valid(certificate.public_key, algorithm, digest, value):
            return value
    raise WrongSignature("not a signature of these bytes by this certificate")


def _algorithm_of(tbs: bytes) -> Algorithm:
    """:raises WrongSignature: when ``tbs`` is no SignedInfo of ours."""
    _, _, rest = tbs.partition(b'<SignatureMethod Algorithm="')
    uri, _, _ = rest.partition(b'"')
    try:
        return BY_URI[uri.decode()]
    except (KeyError, UnicodeDecodeError) as error:
        raise WrongSignature("not a SignedInfo of ours") from error


@lru_cache(maxsize=1024)
def _own_digests(key: SlotKey, when: str, certificate: Certificate) -> tuple[str, str]:
    """Of the time and of the signed properties: one signer has the same ones in a whole class."""
    properties = layout.signed_properties(key, role_of(key), when, certificate)
    return _digest64(layout.time_object(key, when).encode()), _digest64(properties.encode())


def _covered(key: SlotKey, value: bytes) -> tuple[str, str]:
    fragment = layout.value(key, b64encode(value).decode())
    return f"{signature_id(key)}-value", _digest64(fragment.encode())


def _digest64(fragment: bytes) -> str:
    return b64encode(sha256(fragment).digest()).decode()


def _fragments(data: bytes) -> dict[str, bytes]:
    """Id -> canonical bytes.  Markup in text is escaped, so an end tag ends what it seems to."""
    found = {DATA_ID: data, GENERAL_ID: _between(data, 0, b"<THONG_TIN_CHUNG ", b"</THONG_TIN_CHUNG>")}
    opening, ending = f'<DIEM_TONG_KET Id="{ROW_ID}'.encode(), b"</DIEM_TONG_KET>"
    start = data.find(opening)
    while start >= 0:
        row = _between(data, start, opening, ending)
        subject = row[len(opening) : row.index(b'"', len(opening))].decode()
        found[ROW_ID + subject] = row
        start = data.find(opening, start + len(row))
    return found


def _between(data: bytes, start: int, opening: bytes, ending: bytes) -> bytes:
    first = data.index(opening, start)
    return data[first : data.index(ending, first) + len(ending)]
