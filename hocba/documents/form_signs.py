"""Who signed, as the form shows it in place of handwriting: where, when, with which certificate.

Names come out of the document; whoever signs for somebody who no longer can shows by which decision.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hocba.documents.facts import Content
from hocba.documents.form_marks import acting
from hocba.domain.values import VIETNAM

_ROLES = {
    "GVBM": "Giáo viên môn học",
    "GVCN": "Giáo viên chủ nhiệm",
    "CBQL": "Cán bộ quản lý",
    "KY_PHAT_HANH": "Ký phát hành (nhà trường)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSigner:
    """A signature as the form shows it, in place of handwriting.

    :ivar key: the slot's key; says where on the form it stands.
    :ivar role: GVBM, GVCN, CBQL, KY_PHAT_HANH.
    :ivar certificate_subject: the certificate's subject, RFC 4514; ``issuer`` likewise.
    """

    key: str
    role: str
    name: str
    title: str
    signed_at: datetime
    certificate_subject: str
    issuer: str
    serial: str


def signs(content: Content, signers: Sequence[ShownSigner]) -> dict[str, dict[str, str]]:
    """Slot -> its signature, in the order given, which is the order of their numbers."""
    return {signer.key: _sign(content, signer, number) for number, signer in enumerate(signers, 1)}


def people(content: Content, made: Mapping[str, dict[str, str]]) -> dict[str, Any]:
    """The three who sign for the whole: names, headings, signatures as far as they are there."""
    slots = {row.role: row for row in content.plan}
    said: dict[str, Any] = {"leader_heading": _leader_heading(content.leader_title)}
    for who, role in (("homeroom", "GVCN"), ("leader", "CBQL"), ("school", "KY_PHAT_HANH")):
        slot = slots.get(role)
        said[f"{who}_sign"] = made.get(slot.key) if slot else None
        said[f"{who}_basis"] = acting(slot.basis) if slot else ""
    return said | {"homeroom_name": content.homeroom_name, "leader_name": content.leader_name}


def _leader_heading(title: str) -> list[str]:
    if "phó" in title.casefold():
        return ["KT. HIỆU TRƯỞNG", "PHÓ HIỆU TRƯỞNG"]
    return ["HIỆU TRƯỞNG"]


def _sign(content: Content, signer: ShownSigner, number: int) -> dict[str, str]:
    basis = next((row.basis for row in content.plan if row.key == signer.key), "")
    return {
        "number": str(number),
        "role": _ROLES.get(signer.role, signer.role),
        "name": signer.name,
        "title": signer.title,
        "basis": acting(basis),
        "at": f"{signer.signed_at.astimezone(VIETNAM):%H:%M:%S %d/%m/%Y}",
        "subject": _name(signer.certificate_subject),
        "issuer": _name(signer.issuer),
        "serial": signer.serial,
    }


def _name(rfc4514: str) -> str:
    """A distinguished name with room to break: a blank after each comma that separates."""
    return re.sub(r"(?<!\\),(?! )", ", ", rfc4514)
