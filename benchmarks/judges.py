"""Programs that are not ours judge what was made: nothing is fast because it is wrong.

xmlsec (python-xmlsec, which the peers need anyway) verifies every signature of an XML file; poppler's
pdfsig verifies the seal of a PDF.  Where a program is not installed its judgement is left out and said so.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers import by_xmlsec
from hocba.domain.values import Slot

WITHOUT_PDFSIG = "pdfsig is not installed: nobody else has judged the sealed PDFs"


class NotAcceptedError(Exception):
    """Somebody else's program does not accept what was made."""


def judge_xml(file: bytes, plan: Sequence[Slot]) -> None:
    """Have xmlsec verify all signatures of ``plan`` in ``file``.

    :raises NotAcceptedError: when it does not accept one of them.
    """
    try:
        by_xmlsec.verify(file, plan)
    except Exception as error:
        raise NotAcceptedError(f"xmlsec: {error}") from error


def judge_pdf(pdf: bytes) -> bool:
    """Have pdfsig verify the seal; whether it could be asked.

    :raises NotAcceptedError: when the seal is not valid or does not cover the whole file.
    """
    program = shutil.which("pdfsig")
    if program is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sealed.pdf"
        path.write_bytes(pdf)
        said = subprocess.run(
            [program, "-nocert", str(path)], capture_output=True, check=False, text=True
        ).stdout
    if "Signature is Valid." not in said or "Total document signed" not in said:
        raise NotAcceptedError(f"pdfsig: {said}")
    return True
