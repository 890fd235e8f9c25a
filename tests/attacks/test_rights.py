"""What is another's, or not to be seen or written: samples.  Every operation: ``tests/schema/test_policy``.

Signing another's slot or with another's certificate: ``tests/schema/test_signing_by_api`` and
``tests/actions/test_signing``.  Rights withdrawn act at once: ``tests/schema/test_people``.
"""

from typing import Any
from uuid import UUID

from graphql import GraphQLInputObjectType

from hocba.domain.values import Role
from hocba.store.models import EventRow, StudentRow, TranscriptRow, UserRow
from tests import build
from tests.actions.world import World
from tests.api import Api, gid
from tests.attacks.leaks import MUTATIONS, filled

NODE = "query($id: ID!) { node(id: $id) { __typename } }"


async def test_an_object_of_another_school_is_nowhere_whatever_it_is_called(asks: Api, here: World) -> None:
    other = await build.school(students=1)
    (transcript,) = await build.transcripts(other)
    theirs = (other.students[0], transcript, other.class_id, other.leader.id)
    for kind in ("Student", "Transcript", "Class", "Person", "SigningAccount", "SigningRequest", "Upload"):
        for id_ in (UUID(int=7), *theirs):
            said = await asks.post(NODE, {"id": gid(kind, id_)}, who=here.school.admin)
            assert said == {"data": {"node": None}}, kind
    own = await asks.ask(NODE, here.school.admin, id=gid("Class", here.school.class_id))
    assert own == {"node": {"__typename": "Class"}}


async def test_a_bulk_call_with_foreign_ids_changes_only_ones_own_and_tells_nothing_of_the_others(
    asks: Api, here: World
) -> None:
    other = await build.school(students=1)
    (theirs,) = await build.transcripts(other)
    before = await TranscriptRow.get(id=theirs).values()
    ids = [
        gid("Transcript", each) for each in (here.transcripts[0], theirs, UUID(int=7), here.transcripts[1])
    ]
    said = await asks.do(
        "proposeCancellation",
        "results { id outcome refusal { code message help path } transcript { id } }",
        here.school.admin,
        transcriptIds=[*ids, "VHJhbnNjcmlwdDp4"],
        reason="Sai điểm",
    )
    rows = said["results"]
    assert [row["id"] for row in rows] == [*ids, "VHJhbnNjcmlwdDp4"]
    told = [{name: value for name, value in rows[place].items() if name != "id"} for place in (1, 2, 4)]
    assert told[0] == told[1] == told[2]
    assert told[0]["refusal"]["code"] == "NOT_FOUND"
    assert await TranscriptRow.get(id=theirs).values() == before
    assert await EventRow.filter(aggregate_id=theirs, kind="CancelProposed").count() == 0


NESTED = {
    "Class": "name homeroomTeacher { __typename } missingDataUrl",
    "Transcript": "studentId html files { url }",
    "Student": "fullName results { year } profile { address }",
}


async def test_nothing_forbidden_is_reached_by_way_of_something_else(asks: Api, here: World) -> None:
    """A teacher of no class here: each way to a pupil begins at an object that he does not find."""
    nobody = await build.person(here.school.id, Role.SUBJECT_TEACHER)
    ids = {
        "Class": here.school.class_id,
        "Transcript": here.transcripts[0],
        "Student": here.school.students[0],
    }
    for kind, selection in NESTED.items():
        query = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {selection} }} }} }}"
        assert await asks.ask(query, nobody, id=gid(kind, ids[kind])) == {"node": None}
        assert (await asks.ask(query, here.school.admin, id=gid(kind, ids[kind])))["node"]
    listed = await asks.ask("{ students { totalCount } transcripts { totalCount } }", nobody)
    assert listed == {"students": {"totalCount": 0}, "transcripts": {"totalCount": 0}}


SNEAKED = ("id", "schoolId", "status", "role", "version", "personId", "approvedBy", "__proto__")


async def test_no_input_takes_a_field_that_it_does_not_have(asks: Api, here: World) -> None:
    """Mass assignment: in the input, and in each object within."""
    await asks.headers(here.school.admin)
    before, wrong = await _state(), []
    for name, field in MUTATIONS.fields.items():
        if "input" not in field.args:
            continue
        kind = _bare(field.args["input"].type)
        document = f"mutation Do($input: {kind.name}!) {{ {name}(input: $input) {{ __typename }} }}"
        for sneaked in SNEAKED:
            for given in _with(kind, filled(kind, "x"), sneaked):
                said = await asks.post(document, {"input": given}, who=here.school.admin)
                codes = [error["extensions"]["code"] for error in said.get("errors", ())]
                if codes != ["BAD_USER_INPUT"] or said.get("data"):
                    wrong.append((name, sneaked, said))
    assert wrong == []
    assert await _state() == before


def _with(kind: GraphQLInputObjectType, given: dict[str, Any], sneaked: str) -> list[dict[str, Any]]:
    """``given`` with one field more, in it and in each object inside it; where it has none of that name."""
    found = [] if sneaked in kind.fields else [{**given, sneaked: "x"}]
    for name, field in kind.fields.items():
        inner = _bare(field.type)
        if isinstance(inner, GraphQLInputObjectType) and sneaked not in inner.fields:
            within = {**filled(inner, "x"), sneaked: "x"}
            is_list = "[" in str(field.type)
            found.append({**given, name: [within] if is_list else within})
    return found


async def _state() -> list[Any]:
    """What somebody might have wanted to change."""
    return [
        await UserRow.all().order_by("id").values("id", "active", "person_id", "username"),
        await TranscriptRow.all().order_by("id").values("id", "status", "version"),
        await StudentRow.all().order_by("id").values(),
        await EventRow.all().count(),
    ]


def _bare(kind: Any) -> Any:
    while hasattr(kind, "of_type"):
        kind = kind.of_type
    return kind
