"""A bundle is a ZIP that streams, that anybody can check, and that writes nowhere else."""

import io
import tracemalloc
import zipfile
from hashlib import sha256

import orjson
import pytest

from hocba.documents.bundle import MANIFEST, Entry, UnsafePathError, check, safe_name, stream


async def from_list(entries):
    for entry in entries:
        yield entry


async def bundled(*entries: Entry) -> bytes:
    return b"".join([piece async for piece in stream(from_list(entries))])


FILES = (
    Entry("9A1/Nguyễn Ánh Dương.xml", b"<HOC_BA/>" * 50),
    Entry("9A1/Nguyễn Ánh Dương.pdf", b"%PDF-1.7 " + bytes(range(256))),
)


async def test_every_file_comes_back_under_its_vietnamese_name():
    with zipfile.ZipFile(io.BytesIO(await bundled(*FILES))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [*(entry.path for entry in FILES), MANIFEST]
        assert [archive.read(entry.path) for entry in FILES] == [entry.content for entry in FILES]
        assert all(info.flag_bits & 0x800 for info in archive.infolist()[:2])


async def test_the_manifest_says_path_size_and_hash_of_every_file():
    with zipfile.ZipFile(io.BytesIO(await bundled(*FILES))) as archive:
        manifest = orjson.loads(archive.read(MANIFEST))
    assert manifest == {
        "algorithm": "sha256",
        "files": [
            {"path": e.path, "size": len(e.content), "sha256": sha256(e.content).hexdigest()} for e in FILES
        ],
    }


async def test_the_same_entries_give_the_same_bytes():
    assert await bundled(*FILES) == await bundled(*FILES)


async def test_no_entries_still_make_a_bundle():
    assert check(io.BytesIO(await bundled())) == ()


async def test_a_whole_bundle_agrees_with_its_manifest():
    assert check(io.BytesIO(await bundled(*FILES))) == ()


def rebuilt(bundle: bytes, **changed: bytes | None) -> io.BytesIO:
    """The bundle with files changed, left out (None) or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bundle)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = changed.pop(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, content in changed.items():
            new.writestr(name, content)
    out.seek(0)
    return out


async def test_a_changed_file_is_found():
    bundle = await bundled(*FILES)
    changed = rebuilt(bundle, **{FILES[0].path: FILES[0].content[:-1] + b"!"})
    assert check(changed) == (f"changed: {FILES[0].path}",)


async def test_a_missing_file_is_found():
    bundle = await bundled(*FILES)
    assert check(rebuilt(bundle, **{FILES[1].path: None})) == (f"missing: {FILES[1].path}",)


async def test_an_added_file_is_found():
    assert check(rebuilt(await bundled(*FILES), **{"x.txt": b""})) == ("not in the manifest: x.txt",)


async def test_a_cut_bundle_is_found():
    assert check(io.BytesIO((await bundled(*FILES))[:-30])) == ("not a readable bundle: BadZipFile",)


async def test_an_error_of_the_source_leaves_no_whole_bundle():
    async def broken():
        yield FILES[0]
        raise RuntimeError("the database went away")

    pieces = []

    async def receive():
        async for piece in stream(broken()):
            pieces.append(piece)  # noqa: PERF401 -- what was sent before the error counts

    with pytest.raises(RuntimeError):
        await receive()
    assert pieces
    assert check(io.BytesIO(b"".join(pieces))) == ("not a readable bundle: BadZipFile",)


async def test_a_path_that_came_before_gets_a_number_whatever_its_case():
    bundle = await bundled(Entry("a/Hà.xml", b"1"), Entry("a/hà.xml", b"2"), Entry("a/Hà.xml", b"3"))
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        assert archive.namelist() == ["a/Hà.xml", "a/hà (2).xml", "a/Hà (3).xml", MANIFEST]
        assert archive.read("a/Hà (3).xml") == b"3"
    assert check(io.BytesIO(bundle)) == ()


@pytest.mark.parametrize(
    "path",
    ["", "/a", "a//b", "../a", "a/../b", "a/.", "a\\b", "C:a", "a\0b", "a\nb", "con", "a/NUL.txt", "a ",
     "a/b.", "a/", "e\u0301.xml", "x" * 241, "manifest.json", "a?b"],
)  # fmt: skip
def test_a_path_that_could_leave_the_folder_is_refused(path):
    with pytest.raises(UnsafePathError):
        Entry(path, b"")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Nguyễn Ánh Dương", "Nguyễn Ánh Dương"),
        ("../9A1", "_9A1"),
        ("a/b\\c:d", "a_b_c_d"),
        ("CON", "_CON"),
        ("", "_"),
        (" x. ", "x"),
        ("Hoa\u0300", "Hoà"),
    ],
)
def test_any_text_becomes_a_safe_name(text, name):
    assert safe_name(text) == name
    assert Entry(f"{safe_name(text)}/a.xml", b"").path == f"{name}/a.xml"


async def test_memory_does_not_grow_with_the_number_of_entries():
    async def many():
        for number in range(400):
            yield Entry(f"{number}.pdf", number.to_bytes(4, "big") * 50_000)

    tracemalloc.start()
    size = 0
    async for piece in stream(many()):
        size += len(piece)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 0
    assert peak < 4_000_000  # the entries are 80 MB together
