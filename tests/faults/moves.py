"""What people and faults do to a school, in every state that there is: (state x action) is a cell.

Whoever acts at random alone never comes to the deep states.  So the least visited cell that can be reached
now comes first, most of the time, and who signs signs for all that wait at the same step.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

from hocba.domain.people import Actor
from hocba.domain.signing import RequestState
from hocba.domain.transcript import Transcript
from hocba.domain.values import Status, Step
from hocba.store import transcripts
from hocba.store.models import SigningItemRow, SigningRequestRow, TranscriptRow
from tests.api import gid
from tests.faults.ground import Ground

Cell = tuple[str, str]
RESULTS = "results { outcome refusal { code } }"
STEPS = (Step.SUBJECT_TEACHERS, Step.HOMEROOM_TEACHER, Step.LEADER, Step.ISSUE)
SITUATIONS = (
    *(f"awaits {step.value}" for step in STEPS),
    *(each.value for each in (Status.RETURNED, Status.SIGNED, Status.COMPLETED, Status.CANCELLED)),
)
SPARED = 2
"""Of so many transcripts one may be handed back before it is signed: some come to the end."""

OUTAGE = 1.5
"""Seconds for which the database is away when its wire is cut for longer."""


@dataclass(frozen=True, slots=True)
class Request:
    """A signing request as it was just seen."""

    id: UUID
    state: RequestState
    person: UUID
    step: Step


Move = Callable[[Ground, Any, Random], Awaitable[None]]


def situation(transcript: Transcript) -> str:
    step = transcript.open_step
    waits = transcript.status is Status.AWAITING_SIGNATURES and step is not None
    return f"awaits {step.value}" if waits and step else transcript.status.value


async def sign(ground: Ground, transcript: Transcript, chance: Random) -> None:
    """Whoever is missing at the open step signs all that wait there; else somebody tries in vain."""
    step = transcript.open_step or Step.ISSUE
    alike = [each for each in await everything() if situation(each) == situation(transcript)]
    missing = {slot.signer for each in alike for slot in each.missing if slot.step is step}
    people = [who for who in signers(ground, step) if who.id in missing or step is Step.ISSUE]
    chosen = people or signers(ground, step)
    await asyncio.gather(*(begin(ground, who, step, alike) for who in chosen))


async def double(ground: Ground, transcript: Transcript, chance: Random) -> None:
    """A double click."""
    step = transcript.open_step or Step.ISSUE
    who = chance.choice(signers(ground, step))
    await asyncio.gather(*(begin(ground, who, step, [transcript]) for _ in range(2)))


async def hand_back(ground: Ground, transcript: Transcript, chance: Random) -> None:
    await bulk(ground, ground.world.school.leader, "proposeCancellation", transcript, reason="Sai điểm")


async def refuse(ground: Ground, transcript: Transcript, chance: Random) -> None:
    await bulk(ground, ground.world.school.admin, "refuseCancellations", transcript)


async def approve(ground: Ground, transcript: Transcript, chance: Random) -> None:
    await bulk(ground, ground.world.school.other_admin, "approveCancellations", transcript)


async def complete(ground: Ground, transcript: Transcript, chance: Random) -> None:
    await bulk(ground, ground.world.school.admin, "completeTranscripts", transcript)


async def reopen(ground: Ground, transcript: Transcript, chance: Random) -> None:
    await bulk(ground, ground.world.school.other_admin, "reopenTranscripts", transcript)


async def create(ground: Ground, transcript: Transcript, chance: Random) -> None:
    """Anew, for the same pupil."""
    pupil = (await TranscriptRow.get(id=transcript.id).values("student_id"))["student_id"]
    admin = ground.screens[ground.world.school.admin.id]
    await admin.mutate("createTranscripts", RESULTS, studentIds=[gid("Student", pupil)])


async def begin_again(ground: Ground, request: Request, chance: Random) -> None:
    objects = await SigningItemRow.filter(request_id=request.id).values_list("object_id", flat=True)
    wanted = await transcripts.load(set(objects))  # type: ignore[arg-type]
    await begin(ground, person(ground, request), request.step, wanted)


async def retry(ground: Ground, request: Request, chance: Random) -> None:
    await _on_request(ground, "retrySigning", request, secrets=_secrets(ground, request))


async def go_on(ground: Ground, request: Request, chance: Random) -> None:
    await _on_request(ground, "continueSigning", request, secrets=_secrets(ground, request))


async def cancel(ground: Ground, request: Request, chance: Random) -> None:
    await _on_request(ground, "cancelSigning", request)


async def kill_server(ground: Ground, request: Request, chance: Random) -> None:
    await ground.kill("serve")


async def kill_worker(ground: Ground, request: Request, chance: Random) -> None:
    await ground.kill("worker")


async def empty_redis(ground: Ground, request: Request, chance: Random) -> None:
    assert ground.redis is not None
    await ground.redis.kill()
    await asyncio.sleep(chance.random())
    await ground.redis.start()


async def cut(ground: Ground, request: Request, chance: Random) -> None:
    """Every connection to the database, and sometimes nobody comes in for a while."""
    assert ground.proxy is not None
    if chance.random() < 0.3:
        ground.proxy.closed = b""
    ground.proxy.cut()
    await asyncio.sleep(chance.random() * OUTAGE)
    ground.proxy.closed = None


async def lose_commit(ground: Ground, request: Request, chance: Random) -> None:
    """The next commit is carried, its answer is not."""
    assert ground.proxy is not None
    words = chance.choice((b"INSERT INTO signature", b"UPDATE signing_item", b"UPDATE signing_request", b""))
    ground.proxy.tripwire = [word for word in (words, b"COMMIT;") if word]


ON_TRANSCRIPTS: Mapping[str, Move] = {
    "sign": sign,
    "double click": double,
    "hand back": hand_back,
    "refuse": refuse,
    "approve": approve,
    "complete": complete,
    "reopen": reopen,
    "create": create,
}
ON_REQUESTS: Mapping[str, Move] = {
    "begin again": begin_again,
    "retry": retry,
    "continue": go_on,
    "cancel": cancel,
}
FAULTS: Mapping[str, Move] = {
    "kill the server": kill_server,
    "kill the worker": kill_worker,
    "empty Redis": empty_redis,
    "cut the database": cut,
    "lose a commit": lose_commit,
}


def faults(ground: Ground) -> dict[str, Move]:
    """Those that there is something for."""
    gone = {"kill the worker", "empty Redis"} if ground.redis is None else set()
    gone |= {"cut the database", "lose a commit"} if ground.proxy is None else set()
    return {name: move for name, move in FAULTS.items() if name not in gone}


def cells(ground: Ground) -> set[Cell]:
    """All that a full run visits."""
    on_requests = [*ON_REQUESTS, *faults(ground)]
    return {(state, action) for state in SITUATIONS for action in ON_TRANSCRIPTS} | {
        (state.value, action) for state in RequestState for action in on_requests
    }


async def reachable(ground: Ground) -> dict[Cell, list[Any]]:
    """Cell -> what is in this state now."""
    found: dict[Cell, list[Any]] = {}
    for transcript in await everything():
        for action in ON_TRANSCRIPTS:
            if action == "hand back" and transcript.missing and transcript.id.int % SPARED:
                continue
            found.setdefault((situation(transcript), action), []).append(transcript)
    for request in await requests():
        for action in (*ON_REQUESTS, *faults(ground)):
            found.setdefault((request.state.value, action), []).append(request)
    return found


def next_cell(visited: Counter[Cell], there: Mapping[Cell, object], chance: Random) -> Cell:
    """Mostly the least visited; a fault not every time."""
    never = any(cell[1] in FAULTS and not visited[cell] for cell in there)
    harmful = chance.random() < (0.3 if never else 0.06)
    choice = sorted(cell for cell in there if (cell[1] in FAULTS) == harmful) or sorted(there)
    if chance.random() < 0.5:
        advancing = [cell for cell in choice if cell[1] == "sign" and cell[0].startswith("awaits")]
        if advancing and chance.random() < 0.5:
            return chance.choice(advancing)
        return chance.choice(choice)
    least = min(visited[cell] for cell in choice)
    return chance.choice([cell for cell in choice if visited[cell] == least])


async def everything() -> list[Transcript]:
    return await transcripts.load(await TranscriptRow.all().values_list("id", flat=True))  # type: ignore[arg-type]


async def requests() -> list[Request]:
    """The newest few of each state."""
    rows = await SigningRequestRow.all().order_by("-id").values("id", "state", "person_id", "step")
    few: Counter[str] = Counter()
    found = []
    for row in rows:
        few[row["state"]] += 1
        if few[row["state"]] <= 5:
            found.append(Request(row["id"], RequestState(row["state"]), row["person_id"], Step(row["step"])))
    return found


def person(ground: Ground, request: Request) -> Actor:
    school = ground.world.school
    return next(who for who in (*school.teachers, school.leader, school.issuer) if who.id == request.person)


def signers(ground: Ground, step: Step) -> list[Actor]:
    school = ground.world.school
    return {
        Step.SUBJECT_TEACHERS: [*school.teachers],
        Step.HOMEROOM_TEACHER: [school.homeroom],
        Step.LEADER: [school.leader],
        Step.ISSUE: [school.issuer],
    }[step]


async def begin(ground: Ground, who: Actor, step: Step, wanted: list[Transcript]) -> None:
    client = ground.screens[who.id]
    account = ground.world.account(who, step)
    await client.mutate(
        "beginSigning",
        RESULTS,
        transcriptIds=[gid("Transcript", each.id) for each in wanted],
        step=step.name,
        accountId=gid("SigningAccount", account),
        secrets=ground.secrets(None if step is Step.ISSUE else who),
    )


async def bulk(ground: Ground, who: Actor, name: str, transcript: Transcript, **given: Any) -> None:
    client = ground.screens[who.id]
    await client.mutate(name, RESULTS, transcriptIds=[gid("Transcript", transcript.id)], **given)


def _secrets(ground: Ground, request: Request) -> list[dict[str, str]]:
    return ground.secrets(None if request.step is Step.ISSUE else person(ground, request))


async def _on_request(ground: Ground, name: str, request: Request, **given: Any) -> None:
    client = ground.screens[request.person]
    await client.mutate(name, "refusal { code }", requestId=gid("SigningRequest", request.id), **given)
