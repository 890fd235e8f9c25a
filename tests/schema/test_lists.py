"""Lists: keyset pages, filters, and the number of SQL statements, whatever n is."""

from typing import Any

import pytest

from hocba.domain.people import Actor
from hocba.domain.transcript import may_see
from hocba.domain.values import Step
from hocba.store import transcripts
from hocba.store.models import StudentRow, TranscriptRow
from hocba.store.reads import transcripts as reads
from hocba.store.reads.pages import Page
from tests import build
from tests.actions import world
from tests.actions.world import World
from tests.api import Api, gid
from tests.statements import counted

EVERYTHING = """
query($first: Int) { transcripts(first: $first) { edges { node { id studentName className status statusLabel
  slots { key step name subjects signedAt }
  signatures { role signer signedAt certificate { fingerprint subject issuer notAfter } }
  canSign { ok refusal { code } } nextActors } } } }"""

ASKING = 6
"""Statements that find out who asks: session, roles, year, classes, taught; one more has the clock."""


async def statements(asks: Api, who: Actor, document: str, **variables: Any) -> list[str]:
    """The statements of an operation, without those that find out who asks."""
    await asks.ask("{ viewer { username } }", who)
    with counted() as asking:
        await asks.ask("{ __typename }", who)
    with counted() as found:
        await asks.ask(document, who, **variables)
    return found[len(asking) :]


async def names(asks: Api, who: Actor, **page: Any) -> tuple[list[str], dict[str, Any]]:
    document = """query($first: Int, $after: String, $last: Int, $before: String) {
      students(first: $first, after: $after, last: $last, before: $before) {
        totalCount edges { cursor node { fullName } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
    found = (await asks.ask(document, who, **page))["students"]
    return [edge["node"]["fullName"] for edge in found["edges"]], found


@pytest.fixture
async def many(asks: Api, here: World) -> list[str]:
    """Seven pupils more; all names in Vietnamese order."""
    for name in ("Đỗ An", "Nguyễn Văn Anh", "Trần Ánh", "Lê Bình", "Vũ Đạt", "Phạm Dũng", "Hoàng Ý"):
        await build.student(here.school.id, here.school.class_id, full_name=name)
    rows = await StudentRow.filter(school_id=here.school.id).order_by("sort_key", "id")
    return [row.full_name for row in rows]


@pytest.mark.parametrize("size", [1, 3, 4, 10])
async def test_pages_forward_show_everybody_once(asks: Api, here: World, many: list[str], size: int) -> None:
    seen: list[str] = []
    after = None
    while True:
        page, found = await names(asks, here.school.admin, first=size, after=after)
        seen += page
        assert found["totalCount"] == 10
        assert found["pageInfo"]["hasPreviousPage"] is (after is not None)
        if not found["pageInfo"]["hasNextPage"]:
            break
        after = found["pageInfo"]["endCursor"]
    assert seen == many


async def test_pages_backward_show_everybody_once(asks: Api, here: World, many: list[str]) -> None:
    seen: list[str] = []
    before = None
    while True:
        page, found = await names(asks, here.school.admin, last=4, before=before)
        seen = page + seen
        if not found["pageInfo"]["hasPreviousPage"]:
            break
        before = found["pageInfo"]["startCursor"]
    assert seen == many


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ({"first": 101}, "COST_EXCEEDED"),
        ({"first": -1}, "BAD_USER_INPUT"),
        ({"first": 1, "last": 1}, "BAD_USER_INPUT"),
        ({"first": 1, "after": "không"}, "BAD_USER_INPUT"),
        ({"first": 1, "after": "W10"}, "BAD_USER_INPUT"),
        ({"first": 1, "after": "WyJhIiwieCJd"}, "BAD_USER_INPUT"),
    ],
)
async def test_a_page_that_makes_no_sense_is_refused(
    asks: Api, here: World, page: dict[str, Any], code: str
) -> None:
    document = """query($first: Int, $after: String, $last: Int) {
      students(first: $first, after: $after, last: $last) { edges { cursor } } }"""
    said = await asks.post(document, page, who=here.school.admin)
    assert [error["extensions"]["code"] for error in said["errors"]] == [code]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"name": "TRAN ANH"}, ["Trần Ánh"]),
        ({"name": "pham dung"}, ["Phạm Dũng"]),
        ({"name": "đỗ"}, ["Đỗ An"]),
        ({"name": "vu dat"}, ["Vũ Đạt"]),
        ({"hasTranscript": False, "grade": 6}, None),
        ({"grade": 7}, []),
        ({"status": "SIGNED"}, []),
    ],
    ids=str,
)
async def test_pupils_are_found_without_accents_and_by_status(
    asks: Api, here: World, many: list[str], given: dict[str, Any], expected: list[str] | None
) -> None:
    document = (
        "query($f: StudentFilter) { students(filter: $f) { edges { node { fullName transcript { id } } } } }"
    )
    edges = (await asks.ask(document, here.school.admin, f=given))["students"]["edges"]
    found = [edge["node"]["fullName"] for edge in edges]
    if expected is None:
        assert len(found) == 7
        assert all(edge["node"]["transcript"] is None for edge in edges)
    else:
        assert sorted(found) == sorted(expected)


async def test_a_list_of_transcripts_takes_three_statements_whatever_its_length(
    asks: Api, here: World
) -> None:
    await here.sign_until(Step.LEADER)
    one = await statements(asks, here.school.admin, EVERYTHING, first=1)
    all_ = await statements(asks, here.school.admin, EVERYTHING, first=50)
    assert len(one) == len(all_) == 3, all_


async def test_lists_take_a_fixed_number_of_statements(asks: Api, here: World) -> None:
    expected = {
        "{ students { edges { node { id className } } } }": 3,
        "{ students { totalCount edges { node { id transcript { status } } } } }": 5,
        "{ classes { edges { node { name size homeroomTeacher { fullName } leader { fullName } } } } }": 3,
        "{ assignments { edges { node { subject person { fullName } className } } } }": 3,
        "{ staff { edges { node { fullName } } } }": 1,
        "{ signingAccounts { edges { node { personName certificate { subject } } } } }": 4,
        "{ progress { students byStep { count } byStatus { count } } }": 3,
        "{ transcripts { edges { node { id status } } } }": 2,
        "{ transcripts { edges { node { id events { kind actorName } } } } }": 4,
        "{ signable(step: SUBJECT_TEACHERS) { edges { node { id } } } }": 2,
        "{ signingRequests { edges { node { id items { state studentName } } } } }": 3,
    }
    await here.begin(here.school.homeroom, Step.SUBJECT_TEACHERS)
    await here.house.tasks.idle()
    found = {}
    for document in expected:
        who = here.school.homeroom if "sign" in document and "Accounts" not in document else here.school.admin
        found[document] = len(await statements(asks, who, document))
    assert found == expected


async def test_what_waits_for_me_is_mine_and_open(asks: Api, here: World) -> None:
    async def waiting(who: Actor, step: str) -> int:
        document = f"{{ signable(step: {step}) {{ totalCount }} }}"
        return int((await asks.ask(document, who))["signable"]["totalCount"])

    first, second = here.school.teachers[:2]
    assert await waiting(first, "SUBJECT_TEACHERS") == 3
    await here.sign(first, Step.SUBJECT_TEACHERS)
    assert await waiting(first, "SUBJECT_TEACHERS") == 0
    assert await waiting(second, "SUBJECT_TEACHERS") == 3
    assert await waiting(here.school.homeroom, "HOMEROOM_TEACHER") == 0
    for teacher in here.school.teachers[1:]:
        await here.sign(teacher, Step.SUBJECT_TEACHERS)
    assert await waiting(here.school.homeroom, "HOMEROOM_TEACHER") == 3
    await here.sign(here.school.homeroom, Step.HOMEROOM_TEACHER)
    await here.sign(here.school.leader, Step.LEADER)
    assert await waiting(here.school.issuer, "ISSUE") == 3
    assert await waiting(here.school.admin, "ISSUE") == 0
    assert await waiting(here.school.leader, "LEADER") == 0


async def test_what_lists_show_is_what_the_rules_permit(asks: Api, here: World) -> None:
    """The conditions on rows and the rules of the domain say the same about everybody."""
    await here.sign_until(Step.HOMEROOM_TEACHER)
    await here.sign(here.school.homeroom, Step.HOMEROOM_TEACHER)
    other = await build.school(students=1)
    await build.transcripts(other)
    everybody = [
        here.school.admin, here.school.manager, here.school.leader, here.school.issuer, here.school.homeroom,
        *here.school.teachers, other.admin, other.issuer, other.leader,
        await build.authority(here.school.id),
    ]  # fmt: skip
    facts = await transcripts.load(await TranscriptRow.all().values_list("id", flat=True))
    for step in (None, Step.LEADER):
        if step:
            await here.sign(here.school.leader, step)
            facts = await transcripts.load(await TranscriptRow.all().values_list("id", flat=True))
        for actor in everybody:
            found = await reads.transcripts(actor, reads.TranscriptFilter(), Page(size=100))
            assert {row.id for row in found.rows} == {t.id for t in facts if may_see(t, actor)}


async def test_a_pupils_private_page_is_for_those_who_need_it(asks: Api, here: World) -> None:
    document = "{ students { edges { node { profile { personalId ethnicity address } } } } }"
    for actor in (here.school.admin, here.school.manager, here.school.homeroom, here.school.leader):
        edges = (await asks.ask(document, actor))["students"]["edges"]
        assert len(edges) == 3
        assert all(edge["node"]["profile"]["personalId"] for edge in edges)
    edges = (await asks.ask(document, here.school.teachers[1]))["students"]["edges"]
    assert [edge["node"]["profile"] for edge in edges] == [None, None, None]
    assert (await asks.ask(document, here.school.issuer))["students"]["edges"] == []


async def test_a_transcript_is_read_with_everything(asks: Api, here: World) -> None:
    await here.sign_until(Step.LEADER)
    document = """query($id: ID!) { transcript(id: $id) { html content slots { key signedAt }
      blockers nextActors signatures { role } events { kind actorName } files { kind url }
      canSign { ok refusal { code message } } } }"""
    found = (await asks.ask(document, here.school.leader, id=gid("Transcript", here.transcripts[0])))[
        "transcript"
    ]
    assert found["content"].startswith("<DU_LIEU_HOC_BA")
    assert "<html" in found["html"].lower()
    assert len(found["slots"]) == 13
    assert len(found["signatures"]) == 11
    assert found["signatures"][-1]["role"] == "GVCN"
    assert found["canSign"] == {"ok": True, "refusal": None}
    assert len(found["nextActors"]) == 1
    assert [event["kind"] for event in found["events"]] == ["Created", *["SignatureAdded"] * 11]
    assert {file["kind"] for file in found["files"]} == {"XML", "HTML"}


async def test_words_are_english_when_the_client_prefers_it(asks: Api, here: World) -> None:
    document = "{ transcripts(first: 1) { edges { node { statusLabel } } } }"
    for accepted, label in (
        ("", "Chờ ký"),
        ("en-GB,en;q=0.9,vi;q=0.8", "Awaiting signatures"),
        ("vi,en;q=0.5", "Chờ ký"),
        ("fr, en;q=0.1", "Awaiting signatures"),
        ("en;q=x,vi", "Chờ ký"),
    ):
        said = await asks.post(document, who=here.school.admin, headers={"accept-language": accepted})
        assert said["data"]["transcripts"]["edges"][0]["node"]["statusLabel"] == label, accepted


async def test_a_class_of_45_is_listed(asks: Api, db: None, here: World) -> None:
    """Names, slots and signatures of two full classes come in one page of 90, in order."""
    big = await world.make(here.house.settings, students=90)
    found = await asks.ask(EVERYTHING, big.school.admin, first=100)
    edges = found["transcripts"]["edges"]
    assert len(edges) == 90
    assert all(len(edge["node"]["slots"]) == 13 for edge in edges)
