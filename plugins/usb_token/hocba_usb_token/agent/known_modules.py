"""Where the PKCS#11 libraries of the tokens in use lie, on each system.

The names come from the vendors' installers and from open source; none of the vendors' own was tried
(the README says so).  A folder is looked through for each name; nothing is loaded here.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class KnownModule:
    """A library that is there."""

    title: str
    path: Path


NAMES: Mapping[str, Sequence[tuple[str, str]]] = {
    "win32": (
        ("VNPT-CA", "vnptca_p11_v8.dll"),
        ("VNPT-CA", "vnpt-ca_v34.dll"),
        ("Viettel-CA", "viettel-ca_v6.dll"),
        ("Bit4id (Ban Cơ yếu Chính phủ, …)", "bit4xpki.dll"),
        ("SafeNet eToken (gca01, Ban Cơ yếu Chính phủ, …)", "eTPKCS11.dll"),
        ("OpenSC", "opensc-pkcs11.dll"),
    ),
    "darwin": (
        ("Bit4id", "libbit4xpki.dylib"),
        ("SafeNet eToken", "libeTPkcs11.dylib"),
        ("OpenSC", "opensc-pkcs11.so"),
        ("SoftHSM2", "libsofthsm2.so"),
    ),
    "linux": (
        ("Bit4id", "libbit4xpki.so"),
        ("SafeNet eToken", "libeToken.so"),
        ("OpenSC", "opensc-pkcs11.so"),
        ("SoftHSM2", "libsofthsm2.so"),
    ),
}
"""System -> title and file name, the likeliest first."""

_FOLDERS: Mapping[str, Sequence[str]] = {
    "win32": (
        r"%SystemRoot%\System32",
        r"%SystemRoot%\SysWOW64",
        r"%ProgramFiles%\OpenSC Project\OpenSC\pkcs11",
    ),
    "darwin": ("/usr/local/lib", "/Library/OpenSC/lib", "/opt/homebrew/lib", "/usr/local/lib/softhsm"),
    "linux": (
        "/usr/lib",
        "/usr/lib64",
        "/usr/lib/x86_64-linux-gnu",
        "/usr/lib/aarch64-linux-gnu",
        "/usr/lib/softhsm",
        "/usr/lib/x86_64-linux-gnu/softhsm",
        "/usr/local/lib",
    ),
}


def installed(
    system: str = sys.platform, *, expand: Callable[[str], str] = os.path.expandvars, root: Path | None = None
) -> list[KnownModule]:
    """The known libraries that are on this computer, each file once.

    :param root: instead of the computer's own, for tests.
    """
    found: dict[Path, KnownModule] = {}
    for title, path in _places(system, expand, root):
        if path.is_file():
            found.setdefault(path.resolve(), KnownModule(title, path))
    return list(found.values())


def _places(system: str, expand: Callable[[str], str], root: Path | None) -> Iterator[tuple[str, Path]]:
    for title, name in NAMES.get(system, ()):
        for folder in _FOLDERS[system]:
            path = Path(expand(folder)) / name
            yield title, root / str(path).lstrip("/") if root else path
