"""The main job, as clients do it over HTTP: import, create, sign step by step, confirm, export."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hocba.demo.client import ApiError, Client
from hocba.demo.colleagues import Colleague, Office
from hocba.demo.stages import Bar, Stages

BATCH = 100
"""Transcripts of one ``beginSigning``: two large classes."""

POLL = 0.25
SIGNING = 900.0
"""Seconds after which a signing request that does not move is given up."""

_REQUEST = "id state items { state transcriptId refusal { code message } }"
_REFUSED = "refusal { code message }"
_OVER = {"FINISHED", "EXPIRED", "CANCELLED", "NEEDS_SECRET", "NEEDS_LOGIN"}


async def bring_in(office: Office, stages: Stages) -> None:
    """Look at the workbook, then import it (B6)."""
    school = office.world.school
    rows = sum(map(len, school.lines().values()))
    with stages.stage("Import the workbook (rows)", rows, "rows"):
        upload = await office.admin.upload("school.xlsx", office.world.book)
        for dry_run in (True, False):
            answer = await office.admin.mutate(
                "importWorkbook",
                "report { committed problems { row column message } } refusal { code message }",
                uploadId=upload,
                dryRun=dry_run,
                schoolYear=school.year,
            )
            report = answer["report"]
            if report is None or report["committed"] is dry_run:
                raise ApiError(f"the import failed: {answer['refusal'] or report['problems'][:3]}")


async def create(office: Office, stages: Stages) -> list[str]:
    """Confirm the classes' year and create the transcript of everybody who is eligible (B5, D2)."""
    count = len(office.world.school.eligible)
    classes = [node["id"] async for node in office.admin.pages("classes", "id")]
    made: list[str] = []
    with stages.stage("Create transcripts", count, "transcripts") as bar:
        await office.admin.mutate_all("confirmYearEnd", classIds=classes)
        pupils = await _eligible(office, classes)
        for some in _batches(pupils, BATCH):
            answer = await office.admin.mutate(
                "createTranscripts",
                "results { outcome refusal { code message } transcript { id } }",
                studentIds=some,
            )
            refused = [row["refusal"] for row in answer["results"] if row["outcome"] != "DONE"]
            if refused:
                raise ApiError(f"{len(refused)} transcripts were not created: {refused[0]}")
            made += [row["transcript"]["id"] for row in answer["results"]]
            bar.add(len(some))
    return made


async def _eligible(office: Office, classes: Sequence[str]) -> list[str]:
    """Of whom a transcript can be made; who has no personal id yet is remembered (D1).

    :raises ApiError: when somebody lacks anything else.
    """
    selection = "id code fullName className readiness { missing { code message } }"
    for class_id in classes:
        lacking = office.admin.pages(
            "students", selection, "filter: {classId: $class_id, ready: false}, ", class_id=class_id
        )
        async for pupil in lacking:
            wrong = [gap for gap in pupil["readiness"]["missing"] if gap["code"] != "NOT_ELIGIBLE"]
            if wrong:
                raise ApiError(f"{pupil['fullName']} is not ready: {wrong[0]}")
            office.not_eligible.append(pupil)
    waiting = {pupil["id"] for pupil in office.not_eligible}
    every = [node["id"] async for node in office.admin.pages("students", "id")]
    return [id_ for id_ in every if id_ not in waiting]


async def forms(office: Office) -> Counter[tuple[str, str]]:
    """How many transcripts each class has in each profile: (class name, profile) -> number."""
    nodes = office.admin.pages("transcripts", "className profile")
    return Counter([(node["className"], node["profile"]) async for node in nodes])


async def sign_step(office: Office, stages: Stages, step: str, title: str) -> int:
    """Everybody who has something to sign at ``step`` signs it, all at the same time.

    A school whose documents have no such step, as those of primary schools, shows none.
    """
    waiting = await asyncio.gather(*(_signable(each, step) for each in office.staff.values()))
    work = [(who, ids) for who, ids in zip(office.staff.values(), waiting, strict=True) if ids]
    count = sum(len(ids) for _, ids in work)
    if not count:
        return 0
    with stages.stage(title, count, "signatures") as bar:
        await asyncio.gather(*(_sign(office, who, ids, step, bar) for who, ids in work))
    return count


async def confirm(office: Office, stages: Stages, transcripts: Sequence[str]) -> None:
    """ADMIN confirms what is fully signed (D10)."""
    with stages.stage("Confirm completion", len(transcripts), "transcripts") as bar:
        for some in _batches(transcripts, BATCH):
            await office.admin.mutate_all("completeTranscripts", transcriptIds=some)
            bar.add(len(some))


async def export(office: Office, stages: Stages, transcripts: Sequence[str]) -> dict[str, Path]:
    """Download one ZIP for each class (D4); class name -> file."""
    classes = [node async for node in office.admin.pages("classes", "id name")]
    found: dict[str, Path] = {}
    with stages.stage("Export", len(transcripts), "transcripts") as bar:
        for class_ in classes:
            answer = await office.admin.mutate(
                "exportTranscripts",
                "export { url } results { outcome refusal { code message } }",
                filter={"classId": class_["id"]},
            )
            if answer["export"] is None:
                raise ApiError(f"nothing to export in {class_['name']}: {answer['results'][:1]}")
            path = office.world.folder / "export" / f"{class_['name']}.zip"
            with path.open("wb") as file:
                await office.admin.download(answer["export"]["url"], file)
            found[class_["name"]] = path
            bar.add(len(answer["results"]))
    return found


async def _signable(who: Colleague, step: str) -> list[str]:
    return [node["id"] async for node in who.client.pages("signable", "id", f"step: {step}, ")]


async def _sign(office: Office, who: Colleague, ids: Sequence[str], step: str, bar: Bar) -> None:
    account = office.school_account if step == "ISSUE" else who.account
    secrets = [] if step == "ISSUE" else who.secrets
    for some in _batches(ids, BATCH):
        answer = await who.client.mutate(
            "beginSigning",
            f"request {{ {_REQUEST} }} {_REFUSED} results {{ outcome {_REFUSED} }}",
            transcriptIds=some,
            step=step,
            accountId=account,
            secrets=secrets,
        )
        if answer["request"] is None:
            raise ApiError(f"{who.line.full_name}: {answer['refusal'] or answer['results'][:1]}")
        await _follow(who.client, answer["request"], len(some), bar)


async def _follow(client: Client, request: dict[str, Any], count: int, bar: Bar) -> None:
    """Watch a request until it is over; each transcript counts once.

    :raises ApiError: when it ends with anything unsigned.
    """
    shown, waited = 0, 0.0
    while True:
        items = request["items"]
        unsigned = {item["transcriptId"] for item in items if item["state"] != "DONE"}
        signed = len({item["transcriptId"] for item in items}) - len(unsigned)
        bar.add(max(signed - shown, 0))
        shown = max(shown, signed)
        if request["state"] in _OVER:
            break
        if waited > SIGNING:
            raise ApiError(f"a signing request still is {request['state']} after {SIGNING:.0f} s")
        await asyncio.sleep(POLL)
        waited += POLL
        document = f"query ($id: ID!) {{ signingRequest(id: $id) {{ {_REQUEST} }} }}"
        request = (await client.ask(document, id=request["id"]))["signingRequest"]
    if request["state"] != "FINISHED" or shown != count:
        wrong = [item for item in request["items"] if item["state"] != "DONE"]
        raise ApiError(f"{shown} of {count} are signed, the request is {request['state']}: {wrong[:1]}")


def _batches(ids: Sequence[str], size: int) -> list[Sequence[str]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]
