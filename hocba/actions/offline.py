"""Verify files on disk, without a database or a network.

Whatever a file is, the answer is a verdict: one that cannot be read is not verified, and says so.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hocba.documents.reasons import Reason
from hocba.documents.verdict import Finding, Outcome, Verdict, conclude
from hocba.documents.verify_file import verify_file
from hocba.trust import Trust, load_crls, load_pem

MAX_BYTES = 64 * 1024 * 1024

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """The verdict on one file."""

    path: Path
    verdict: Verdict

    @property
    def passed(self) -> bool:
        """Whether everything that was required was checked and said yes."""
        return self.verdict.outcome is Outcome.PASSED

    def as_json(self) -> str:
        """One line of JSON."""
        plain = self.verdict.as_dict()
        line: dict[str, Any] = {"file": _shown(self.path), "verdict": plain.pop("outcome"), **plain}
        return json.dumps(line, ensure_ascii=False)

    def as_text(self) -> str:
        """A few lines for people."""
        lines = [f"{_shown(self.path)}: {self.verdict.outcome.value.upper()}"]
        for reason in self.verdict.as_dict()["reasons"]:
            where = f" [{reason['slot']}]" if reason["slot"] else ""
            lines.append(f"  {reason['code']}{where}: {reason['en']}")
        for each in self.verdict.signatures:
            when = each.signing_time.isoformat() if each.signing_time else "–"
            checks = f"integrity {each.integrity}, trusted {each.trusted}, revocation {each.revocation}"
            lines.append(f"  {each.slot}: {each.signer or each.name}, {when}, {checks}")
        return "\n".join("".join(c if c.isprintable() else "?" for c in line) for line in lines)


def trust_of(ca: Path | None, crls: Sequence[Path], *, require_revocation: bool) -> Trust | None:
    """What is believed; nothing given, nothing believed: paths are then not checked.

    :raises ValueError: when a file holds no certificates or lists.
    :raises OSError: when a file cannot be read.
    """
    if ca is None:
        return None
    given = load_pem(ca.read_bytes())
    if not given:
        raise ValueError("no certificate")
    return Trust(
        roots=tuple(each for each in given if each.subject == each.issuer),
        intermediates=tuple(each for each in given if each.subject != each.issuer),
        crls=tuple(each for path in crls for each in load_crls(path.read_bytes())),
        require_revocation=require_revocation,
    )


def verify(path: Path, trust: Trust | None, *, second_opinion: bool = False) -> FileVerdict:
    """The verdict on one file."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            return _unreadable(path)
        return FileVerdict(path, verify_file(data, trust, second_opinion=second_opinion))
    except OSError:
        return _unreadable(path)
    except Exception as error:  # noqa: BLE001 -- somebody's bytes must not end the run over the other files
        log.error("%s: %s", _shown(path), type(error).__name__)  # noqa: TRY400 -- no trace: it may quote the file
        return _unreadable(path)


def _unreadable(path: Path) -> FileVerdict:
    return FileVerdict(path, conclude([Finding(Reason.UNREADABLE_FILE)]))


def _shown(path: Path) -> str:
    """The path as text; bytes that are no UTF-8 are shown as such."""
    return str(path).encode(errors="backslashreplace").decode()
