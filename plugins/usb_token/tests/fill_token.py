"""Run as a program: puts keys and certificates on a token, in a process of its own.

Arguments: module, PIN, folder.  The folder holds ``<name>.<CKA_ID in hex>.cer`` and, for those
with a key, ``<name>.<CKA_ID>.der`` (PKCS#1 or SEC1).  ``asks-again`` wants the PIN at each use.
"""

import sys
from pathlib import Path

import pkcs11
from pkcs11 import Attribute, ObjectClass
from pkcs11.util.ec import decode_ec_private_key
from pkcs11.util.rsa import decode_rsa_private_key
from pkcs11.util.x509 import decode_x509_certificate


def fill(module: str, pin: str, folder: Path) -> None:
    with pkcs11.lib(module).get_token(token_label="co-mau").open(user_pin=pin, rw=True) as session:
        for path in sorted(folder.iterdir()):
            name, key_id, form = path.name.split(".")
            shared = {Attribute.TOKEN: True, Attribute.ID: bytes.fromhex(key_id), Attribute.LABEL: name}
            if form == "cer":
                session.create_object(decode_x509_certificate(path.read_bytes()) | shared)
                continue
            decode = decode_ec_private_key if name == "ec" else decode_rsa_private_key
            hidden = {
                Attribute.PRIVATE: True,
                Attribute.SENSITIVE: True,
                Attribute.EXTRACTABLE: False,
                Attribute.SIGN: True,
                Attribute.ALWAYS_AUTHENTICATE: name == "asks-again",
            }
            made = session.create_object(decode(path.read_bytes()) | shared | hidden)
            assert made.object_class == ObjectClass.PRIVATE_KEY


if __name__ == "__main__":
    fill(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
