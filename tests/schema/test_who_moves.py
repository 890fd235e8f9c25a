"""What a transcript waits for, and for whom, from its first signature to its completion."""

from functools import partial
from typing import Any

import pytest

from hocba.actions import lifecycle
from hocba.domain.transcript import approve_cancel, complete, propose_cancel
from hocba.domain.values import Step, TranscriptId
from hocba.store.models import CertificateRow, PersonRow, SignatureRow
from tests import build
from tests.actions.world import World
from tests.api import Api

WAITING = "{ transcripts(first: 1) { edges { node { statusLabel blockers nextActors } } } }"


async def waiting(asks: Api, who: object, language: str = "vi") -> dict[str, Any]:
    said = await asks.post(WAITING, who=who, headers={"accept-language": language})  # type: ignore[arg-type]
    found: dict[str, Any] = said["data"]["transcripts"]["edges"][0]["node"]
    return found


async def issued() -> tuple[build.School, list[TranscriptId]]:
    """A school with one issued transcript; its signatures name a certificate that there is."""
    school = await build.school(students=1)
    made = await build.issued(school)
    certificate = await CertificateRow.all().first()
    assert certificate is not None
    await SignatureRow.all().update(certificate_id=certificate.id)
    return school, made


async def test_one_that_is_signed_waits_for_the_people_of_the_open_step(asks: Api, here: World) -> None:
    await here.sign_until(Step.LEADER)
    leader = await PersonRow.get(id=here.school.leader.id)
    assert await waiting(asks, here.school.admin) == {
        "statusLabel": "Chờ ký",
        "blockers": [f"Cán bộ quản lý ký: {leader.full_name}"],
        "nextActors": [leader.full_name],
    }


@pytest.mark.parametrize(
    ("moves", "label", "blockers"),
    [
        ([], "Hoàn thành ký", ["Chờ quản trị viên xác nhận hoàn thành."]),
        (
            [partial(propose_cancel, reason="Sai điểm")],
            "Trả lại",
            ["Chờ quản trị viên duyệt hủy hoặc từ chối hủy."],
        ),
        ([partial(complete, at=build.NOW)], "Đã xác nhận hoàn thành", []),
        ([partial(propose_cancel, reason="Sai điểm"), approve_cancel], "Đã hủy", []),
    ],
    ids=["signed", "returned", "completed", "cancelled"],
)
async def test_a_blocker_says_what_has_to_happen_and_not_where_the_transcript_is(
    asks: Api, here: World, moves: list[lifecycle.Move], label: str, blockers: list[str]
) -> None:
    school, made = await issued()
    for move, who in zip(moves, (school.admin, school.other_admin), strict=False):
        await lifecycle.apply(who, made, move, now=build.NOW)
    actors = ["Quản trị viên"] if blockers else []
    found = {"statusLabel": label, "blockers": blockers, "nextActors": actors}
    assert await waiting(asks, school.admin) == found


async def test_the_sentence_is_english_for_whoever_prefers_it(asks: Api, here: World) -> None:
    school, _ = await issued()
    found = await waiting(asks, school.admin, "en")
    assert found["blockers"] == ["An administrator has to confirm that it is complete."]
    assert found["nextActors"] == ["Administrator"]
