"""Files up and down.  Bytes do not travel in GraphQL.

``POST /files`` takes one file as its body, ``?name=`` says what it is called, and answers with an
``uploadId`` that is good for a day.  ``GET /files/…`` serves the links that GraphQL gives out: each
is signed, good for a quarter of an hour, and was made for one person.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from hocba import words
from hocba.actions import access, booklets, exporting, incomplete, links, reading, uploads
from hocba.actions.links import Link
from hocba.actions.people import Asking
from hocba.documents import bundle, workbooks
from hocba.domain.access import AccessKind
from hocba.domain.errors import Refusal
from hocba.domain.values import ClassId, Level, SchoolYear
from hocba.store.reads import files as reads
from hocba.web import answers
from hocba.web.door import Door, address
from hocba.web.rates import Rates
from hocba.web.refusing import allow

UPLOAD_SECONDS = 300.0
UPLOADS = 3
"""Files that one person sends at a time: each is held in memory until it is whole."""

PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Files:
    """The routes of files."""

    def __init__(self, door: Door, rates: Rates) -> None:
        self._door, self._rates = door, rates
        self._coming: Counter[UUID] = Counter()

    async def up(self, request: Request) -> Response:
        """Take one file."""
        asking = await self._asking(request)
        if asking is None:
            return answers.error(HTTPStatus.UNAUTHORIZED, "Sign in first.")
        person = asking.actor.id
        if self._coming[person] >= UPLOADS:
            return answers.error(HTTPStatus.TOO_MANY_REQUESTS)
        self._coming[person] += 1
        try:
            content = await _whole(request)
        finally:
            self._coming[person] -= 1
        name, now = request.query_params.get("name", ""), self._door.house.clock()
        try:
            upload = await uploads.keep(asking.actor, name, content, now=now)
        except Refusal as refusal:
            return answers.error(HTTPStatus.TOO_MANY_REQUESTS, refusal.code.value)
        return answers.json(HTTPStatus.CREATED, {"uploadId": upload})

    async def down(self, request: Request) -> Response:
        """Serve one link."""
        house = self._door.house
        link = links.read(house, f"{request.url.path}?{request.url.query}", now=house.clock())
        if link is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        asking = await self._asking(request)
        if asking is None:
            raise HTTPException(HTTPStatus.UNAUTHORIZED)
        if asking.actor.id != link.person:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        if link.kind.startswith("missing-"):
            return await _missing(link, asking)
        if link.kind == "booklet":
            response = await _booklet(link, now=house.clock())
        else:
            response = await _served(link)
        if read := await _transcripts(link):
            seen = {(AccessKind.FILE, id_) for id_ in read}
            house.tasks.start(access.keep(link.person, seen, at=house.clock()), name="access")
        return response

    async def _asking(self, request: Request) -> Asking | None:
        """Who asks.  :raises HTTPException: 429 when he asks too often."""
        asking = await self._door.ready(request)
        person, settings = asking.actor.id if asking else None, self._door.house.settings
        self._rates.must_be_left(person, address(request, settings))
        return asking


async def _transcripts(link: Link) -> Sequence[UUID]:
    """The transcripts that a file holds."""
    match link.kind:
        case "xml" | "pdf" | "html" | "masked":
            return [UUID(link.id)]
        case "booklet":
            return [UUID(hex=id_) for id_ in link.id.split("-")]
        case "export":
            return await reads.exported(UUID(link.id), link.person)
    return []


async def _whole(request: Request) -> bytes:
    """A file on its way in.  :raises HTTPException: 413 or 408."""
    allow(request, uploads.MAX_BYTES, seconds=UPLOAD_SECONDS)
    content = bytearray()
    async for piece in request.stream():
        content += piece
    return bytes(content)


async def _served(link: Link) -> Response:
    match link.kind:
        case "export":
            return await _export(UUID(link.id), link.person)
        case "template":
            return await _template(link.id)
        case "import-errors":
            content = await reads.error_workbook(UUID(link.id), link.person)
            return _file(content, "loi-nhap-du-lieu.xlsx", XLSX)
        case "xml":
            return _file(await reading.xml(UUID(link.id)), "hoc-ba.xml", "application/xml")
        case "pdf":
            sealed = await reads.sealed_pdf(UUID(link.id))
            name = f"Học bạ {sealed.student_name}.pdf" if sealed else ""
            return _file(sealed.content if sealed else None, name, "application/pdf")
        case "html" | "masked":
            page = await reading.html(UUID(link.id), masked=link.kind == "masked")
            headers = {"content-security-policy": PAGE_POLICY}
            return Response(page, media_type="text/html; charset=utf-8", headers=headers)
    raise HTTPException(HTTPStatus.NOT_FOUND)


async def _export(id: UUID, person: UUID) -> Response:
    if not await reads.exported(id, person):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    stream: AsyncIterator[bytes] = bundle.stream(exporting.entries(id, person))
    return StreamingResponse(stream, media_type="application/zip", headers=answers.attachment("Học bạ.zip"))


async def _missing(link: Link, asking: Asking) -> Response:
    language: words.Lang = "en" if link.kind == "missing-en" else "vi"
    try:
        name, content = await incomplete.workbook(
            asking.holder, asking.grants, ClassId(UUID(link.id)), language
        )
    except Refusal:
        raise HTTPException(HTTPStatus.NOT_FOUND) from None
    return _file(content, f"Thông tin thiếu {name}.xlsx", XLSX)


async def _booklet(link: Link, *, now: datetime) -> Response:
    made = await booklets.booklet([UUID(hex=id_) for id_ in link.id.split("-")], now=now)
    name = f"Học bạ {made.student_name}, các năm học.pdf" if made else ""
    return _file(made.pdf if made else None, name, "application/pdf")


async def _template(name: str) -> Response:
    levels, _, year = name.partition("-")
    content = await asyncio.to_thread(
        workbooks.template, tuple(map(Level, levels.split("."))), SchoolYear(year)
    )
    return _file(content, f"Mẫu nhập dữ liệu {year}.xlsx", XLSX)


def _file(content: bytes | None, name: str, media_type: str) -> Response:
    if content is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return Response(content, media_type=media_type, headers=answers.attachment(name))
