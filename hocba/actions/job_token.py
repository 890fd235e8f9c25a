"""The server's word for a job: a compact JWS that the agent checks before it shows anything.

The key was handed over at pairing.  A page, a proxy or whoever else stands between cannot write a
job, cannot change one, and cannot have one signed twice (``jti``) or late (``exp``).
"""

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

HEADER = b'{"alg":"EdDSA","typ":"hocba-job"}'


def sign(  # noqa: PLR0917 -- the claims, in their order
    key: Ed25519PrivateKey,
    issued: datetime,
    expires: datetime,
    request: str,
    title: str,
    certificate: str,
    tbs: Sequence[bytes],
) -> str:
    """The job over exactly these bytes, in this order.

    :param certificate: SHA-256 of the certificate that is to sign, hex.
    """
    payload = {
        "jti": uuid4().hex,
        "iat": int(issued.timestamp()),
        "exp": int(expires.timestamp()),
        "request": request,
        "title": title,
        "count": len(tbs),
        "certificate": certificate,
        "tbs": [sha256(each).hexdigest() for each in tbs],
    }
    packed = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    signed = f"{_unpadded(HEADER)}.{_unpadded(packed)}"
    return f"{signed}.{_unpadded(key.sign(signed.encode()))}"


def _unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
