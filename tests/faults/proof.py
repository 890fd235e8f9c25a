"""What must hold after whatever has happened: each signature exactly once, and the files verify."""

import json
import os
import subprocess
from collections import Counter
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from lxml import etree
from tortoise.context import TortoiseContext

from hocba import database
from hocba.demo import journey, outcome
from hocba.demo.processes import program
from hocba.domain.transcript import evolve
from hocba.settings import Settings
from hocba.store import transcripts
from hocba.store.models import DocumentRow, EventRow, SignatureRow, SigningItemRow, TranscriptRow
from tests.documents.test_agreement import WITH_ID
from tests.faults.campus import PUPILS, Campus, quiet

DS = "{http://www.w3.org/2000/09/xmldsig#}"


@asynccontextmanager
async def looking(settings: Settings) -> AsyncIterator[None]:
    """The rows, read beside the programs that write them."""
    async with TortoiseContext() as context:
        await context.init(config=database.config(settings))
        yield


async def items(purpose: str = "slot") -> Counter[str]:
    """How many items there are in each state."""
    return Counter(str(row["state"]) for row in await SigningItemRow.filter(purpose=purpose).values("state"))


async def exactly_once(*, whole: bool, pupils: int = PUPILS) -> None:
    """One signature for each slot that was signed, one event for each signature, and so on.

    :param whole: whether every slot of every transcript is signed and sealed.
    :param pupils: how many transcripts there are.
    """
    pairs = Counter(await SignatureRow.all().values_list("transcript_id", "slot_key"))
    assert set(pairs.values()) == {1}
    rows = {row.id: row for row in await TranscriptRow.all()}
    assert len(rows) == pupils
    for facts in await transcripts.load(rows):
        row, slots = rows[facts.id], {slot.key for slot in facts.slots}
        signed = {slot for transcript, slot in pairs if transcript == facts.id}
        assert signed == facts.signed
        assert not whole or (signed == slots and facts.sealed)
        folded = replace(facts, version=0, signed=frozenset(), sealed=False, completed=False)
        for by, event in await transcripts.acts(facts.id):
            folded = evolve(folded, event, by=by)
        assert folded == facts
        assert (row.version, row.status) == (facts.version, facts.status)
        versions = await EventRow.filter(aggregate_id=facts.id).order_by("version").values_list("version")
        assert versions == [(number,) for number in range(facts.version + 1)]
    sealed = [row.id for row in rows.values() if row.sealed]
    assert sorted(await DocumentRow.all().values_list("transcript_id", flat=True)) == sorted(sealed)
    assert (await items("slot"))["done"] == len(pairs)
    assert (await items("seal"))["done"] == len(sealed)
    assert not await SigningItemRow.filter(active=True).exists()


def signed_at_the_service(campus: Campus, code: str) -> list[int]:
    """How often each hash of one person was signed, one number a hash."""
    return sorted(campus.service.signed[code].values())


async def exported(campus: Campus) -> list[Path]:
    """Everything confirmed, exported and unpacked."""
    await journey.confirm(campus.office, quiet(), campus.transcripts)
    archives = await journey.export(campus.office, quiet(), campus.transcripts)
    return outcome.unpack(campus.world, archives)


def verify(campus: Campus, files: list[Path]) -> None:
    """``hocba verify`` passes every file, with revocation required."""
    folder = campus.world.folder
    lists = [each for name in ("root", "issuing") for each in ("--crl", folder / "pki" / f"{name}.crl")]
    options = ["--json", "--require-revocation", "--second-opinion", "--ca", folder / "ca.pem", *lists]
    ran = subprocess.run(
        [program("hocba"), "verify", *options, *files], capture_output=True, text=True, check=False
    )
    verdicts = [json.loads(line)["verdict"] for line in ran.stdout.splitlines()]
    assert (verdicts, ran.returncode) == (["passed"] * (2 * PUPILS), 0), ran.stdout + ran.stderr


def xmlsec_agrees(files: list[Path], *, signatures: int) -> None:
    """xmlsec1 accepts every signature of every XML file."""
    ids = [part for element in WITH_ID for part in ("--id-attr:Id", element)]
    command = ["xmlsec1", "--verify", "--insecure", "--enabled-reference-uris", "same-doc", *ids]
    trees = [(path, etree.parse(path)) for path in files if path.suffix == ".xml"]
    each = [
        [*command, "--node-id", str(signature.get("Id")), str(path)]
        for path, tree in trees
        for signature in tree.iterfind(f".//{DS}Signature")
    ]
    assert len(each) == signatures
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        said = list(threads.map(lambda line: subprocess.run(line, capture_output=True, check=False), each))
    assert [ran.stderr for ran in said if ran.returncode] == []
