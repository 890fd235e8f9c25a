"""Forms to look at: the synthetic transcript as content, and signers for its plan."""

import shutil
import subprocess
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from hocba.documents.content import Content, describe
from hocba.documents.form import ShownSigner
from hocba.documents.formats import VIETNAM
from tests.documents import samples

AT = datetime(2026, 6, 1, 8, 0, tzinfo=VIETNAM)
XML = "<HOC_BA>Dữ liệu ệ €</HOC_BA>".encode()


def content(**changed: object) -> Content:
    """What the sample transcript says."""
    made = describe(samples.record(), samples.plan(), lookup_code=samples.LOOKUP, created_at=samples.CREATED)
    return replace(made, **changed)


def signers(of: Content) -> list[ShownSigner]:
    """Everybody of the plan has signed."""
    return [
        ShownSigner(
            key=row.key,
            role=row.role,
            name=row.name,
            title=row.title,
            signed_at=AT,
            certificate_subject=f"UID={row.identity},CN={row.name},O=Trường THCS Thử Nghiệm,C=VN",
            issuer="CN=Thử nghiệm CA,C=VN",
            serial=f"54010a2b3c4d5e6f7081920a{number:02x}",
        )
        for number, row in enumerate(of.plan, 1)
    ]


def poppler(tool: str, pdf: Path, *options: str) -> str:
    """What one of poppler's tools says."""
    found = shutil.which(tool)
    assert found, f"{tool} (poppler-utils) is not installed"
    done = subprocess.run([found, *options, str(pdf), *(["-"] if tool == "pdftotext" else [])],
                          capture_output=True, check=False)  # fmt: skip
    return (done.stdout + done.stderr).decode()
