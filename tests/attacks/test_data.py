"""What somebody writes stays what it is: no header, no folder, no formula, no line of the log, no page.

Bombs of workbooks: ``tests/documents/test_workbook_attacks``; their limits are 80 MiB unpacked, 100 times
what it was packed and 120 parts, for the largest schools' own files are 28 MiB.  Cells that look like
formulas: ``tests/documents/test_workbook_cells``, ``tests/actions/test_importing`` and
``tests/schema/test_incomplete``.
"""

import logging
from urllib.parse import unquote

import pytest

from hocba.store.models import UploadRow
from hocba.web.answers import attachment
from tests.attacks.conftest import Target
from tests.attacks.leaks import Ear
from tests.attacks.test_canaries import everything

__all__ = ["everything"]

NAMES = {
    "Học bạ Đỗ Thị Mẫn.pdf": "Học bạ Đỗ Thị Mẫn.pdf",
    'a"\r\nSet-Cookie: x=1\r\n\r\n<html>.pdf': "a_Set-Cookie_ x=1_html_.pdf",
    "../../etc/passwd": "_.._etc_passwd",
    "..\\..\\windows\\win.ini": "_.._windows_win.ini",
    "\u202efdp.exe": "fdp.exe",
    "\x1b[31mđỏ\x9b.pdf": "[31mđỏ.pdf",
    "a; filename=evil.exe": "a; filename=evil.exe",
    "😀.pdf": "😀.pdf",
}


@pytest.mark.parametrize(("name", "saved"), NAMES.items())
def test_a_file_is_saved_under_its_name_and_nowhere_else(name: str, saved: str) -> None:
    ((header, value),) = attachment(name).items()
    assert header == "content-disposition"
    assert value.isascii()
    assert value.isprintable()
    assert value.startswith("attachment; ")
    assert unquote(value.partition("filename*=UTF-8''")[2]) == saved
    plain = value.partition('filename="')[2].partition('"')[0]
    assert all(c.isalnum() or c in "-_." for c in plain)


NASTY = "ai\r\nERROR hocba: forged\x1b[2J\x9b31m\u202e"


async def test_no_line_of_the_log_is_somebody_elses(target: Target, everything: Ear) -> None:
    """A name with the end of a line in it, wherever it can be said."""
    http, written = target.http, NASTY.encode("unicode_escape").decode()
    signing_in = "mutation($i: SignInInput!) { signIn(input: $i) { token } }"
    for query, variables in (
        (signing_in, {"i": {"username": NASTY, "password": NASTY}}),
        (f'mutation {{ beginPairing(input: {{name: "{written}", certificates: []}}) {{ code }} }}', {}),
        ("query($a: String) { staff(name: $a) { totalCount } }", {"a": NASTY}),
        (f'{{ node(id: "{written}") {{ __typename }} }}', {}),
    ):
        for headers in ({}, await target.admin()):
            await http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
    for path in ("/a%0d%0aforged%1b", "/files/x%0aforged/y", "/hooks/%0d%0aforged"):
        await http.get(path)
        await http.post(path)
    own = {**await target.admin(), "user-agent": "a\x1b[31mforged"}
    await http.post("/files", params={"name": NASTY}, content=b"x", headers=own)
    logging.getLogger("hocba.anything").info("the ear is open")
    heard = b"\n".join(everything.heard)
    assert b"the ear is open" in heard
    assert b"forged" not in heard
    assert (await UploadRow.get()).name.isprintable()
