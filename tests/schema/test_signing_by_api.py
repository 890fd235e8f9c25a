"""Signing as clients do it: with a phone, with an agent, followed by a subscription."""

import asyncio
import base64
import json
from typing import Any

import httpx
import pytest
import websockets

from hocba.domain.values import Step
from hocba.store.models import SessionRow, SignatureRow, TranscriptRow
from tests import api
from tests.actions import world
from tests.actions.world import Token, World
from tests.api import Api, gid
from tests.serving import served

REQUEST = "request { id state stateLabel items { state transcriptId refusal { code } } signList { digest } }"
RESULTS = "results { id outcome refusal { code message help } requestId }"
SECRETS = [{"name": "USERNAME", "value": "thay-giao"}, {"name": "PASSWORD", "value": "mat-khau-dung"}]


def begin(here: World, who: Any, step: Step, **more: Any) -> dict[str, Any]:
    return {
        "transcriptIds": [gid("Transcript", id_) for id_ in here.transcripts],
        "step": step.name,
        "accountId": gid("SigningAccount", here.account(who, step)),
        "secrets": SECRETS,
        **more,
    }


async def test_a_class_is_signed_with_a_phone_and_followed(asks: Api, here: World) -> None:
    teacher = here.school.teachers[1]
    begun = await asks.do(
        "beginSigning", f"{REQUEST} {RESULTS}", teacher, **begin(here, teacher, Step.SUBJECT_TEACHERS)
    )
    assert [row["outcome"] for row in begun["results"]] == ["DONE"] * 3
    await here.house.tasks.idle()
    document = """query($id: ID!) { signingRequest(id: $id) {
      state stateLabel items { state purpose studentName } } }"""
    found = (await asks.ask(document, teacher, id=begun["request"]["id"]))["signingRequest"]
    assert found["state"] == "FINISHED"
    assert found["stateLabel"] == "Đã xong"
    assert [item["state"] for item in found["items"]] == ["DONE"] * 3
    assert all(item["studentName"] for item in found["items"])
    assert await SignatureRow.filter(person_id=teacher.id).count() == 3
    others = (await asks.ask(document, here.school.teachers[2], id=begun["request"]["id"]))["signingRequest"]
    assert others is None


async def test_what_may_not_be_signed_is_said_one_by_one(asks: Api, here: World) -> None:
    leader = here.school.leader
    given = begin(here, leader, Step.LEADER)
    given["transcriptIds"].insert(1, gid("Transcript", here.school.class_id))
    said = await asks.do("beginSigning", f"{REQUEST} {RESULTS}", leader, **given)
    assert said["request"] is None
    assert [row["id"] for row in said["results"]] == given["transcriptIds"]
    assert [row["refusal"]["code"] for row in said["results"]] == [
        "NOT_YOUR_TURN", "NOT_FOUND", "NOT_YOUR_TURN", "NOT_YOUR_TURN",
    ]  # fmt: skip
    assert "Giáo viên bộ môn" in said["results"][0]["refusal"]["message"]
    assert await SignatureRow.all().count() == 0


async def test_a_wrong_password_at_the_provider_signs_nothing(asks: Api, here: World) -> None:
    teacher = here.school.teachers[1]
    wrong = [SECRETS[0], {"name": "PASSWORD", "value": "sai"}]
    given = begin(here, teacher, Step.SUBJECT_TEACHERS, secrets=wrong)
    begun = await asks.do("beginSigning", f"{REQUEST} refusal {{ code }}", teacher, **given)
    await here.house.tasks.idle()
    document = "query($id: ID!) { signingRequest(id: $id) { items { state refusal { code } } } }"
    found = (await asks.ask(document, teacher, id=begun["request"]["id"]))["signingRequest"]
    assert {item["refusal"]["code"] for item in found["items"]} == {"SIGNER_LOGIN_FAILED"}
    assert await SignatureRow.all().count() == 0
    again = await asks.do(
        "retrySigning", f"{REQUEST} {RESULTS}", teacher, requestId=begun["request"]["id"], secrets=SECRETS
    )
    assert [row["outcome"] for row in again["results"]] == ["DONE"] * 3
    await here.house.tasks.idle()
    assert await SignatureRow.filter(person_id=teacher.id).count() == 3


async def test_the_same_key_begins_once(asks: Api, here: World) -> None:
    teacher = here.school.teachers[1]
    given = begin(here, teacher, Step.SUBJECT_TEACHERS, idempotencyKey="bấm-hai-lần")
    first = await asks.do("beginSigning", "request { id } results { outcome }", teacher, **given)
    second = await asks.do("beginSigning", "request { id } results { outcome }", teacher, **given)
    assert first["request"] == second["request"]
    assert [row["outcome"] for row in second["results"]] == ["UNCHANGED"] * 3
    await here.house.tasks.idle()
    assert len(here.phone.orders) == 1


async def test_a_filter_names_what_waits_for_me(asks: Api, here: World) -> None:
    teacher = here.school.teachers[1]
    given = begin(
        here, teacher, Step.SUBJECT_TEACHERS, filter={"classId": gid("Class", here.school.class_id)}
    )
    given.pop("transcriptIds")
    said = await asks.do("beginSigning", "results { outcome }", teacher, **given)
    assert [row["outcome"] for row in said["results"]] == ["DONE"] * 3
    await here.house.tasks.idle()


@pytest.fixture
async def tokens(db: None, settings: Any) -> World:
    """The same school, whose people sign on their own computers."""
    return await world.make(settings, signer=Token.key)


async def pair(asks: Api, here: World, who: Any) -> dict[str, str]:
    """An agent paired with ``who``; its header."""
    der = base64.b64encode(here.holders[who.id].der).decode()
    begun = await asks.do(
        "beginPairing", "code deviceCode refusal { code }", name="máy 1", certificates=[der]
    )
    nothing = await asks.do("claimPairing", "token jobKey", deviceCode=begun["deviceCode"])
    assert nothing == {"token": None, "jobKey": None}
    shown = await asks.do("lookUpPairing", "computer { name address certificates }", who, code=begun["code"])
    assert shown["computer"]["name"] == "máy 1"
    agent = await asks.do(
        "confirmPairing", "agent { name pairedAt } refusal { code }", who, code=begun["code"]
    )
    assert agent["agent"]["name"] == "máy 1"
    claimed = await asks.do("claimPairing", "token jobKey", deviceCode=begun["deviceCode"])
    assert len(base64.b64decode(claimed["jobKey"])) == 32
    return {"authorization": f"Bearer {claimed['token']}"}


TAKE = "mutation { takeAgentJob { requestId job items { reference kind tbs evidence title } } }"
ANSWER = """mutation($i: AnswerSigningInput!) {
  answerSigning(input: $i) { results { id outcome refusal { code } } } }"""


async def test_an_agent_takes_a_job_and_answers_it(tokens: World) -> None:
    async with api.client(tokens.house) as asks:
        teacher = tokens.school.teachers[1]
        agent = await pair(asks, tokens, teacher)
        assert (await asks.post(TAKE, headers=agent))["data"]["takeAgentJob"] is None
        given = begin(tokens, teacher, Step.SUBJECT_TEACHERS, secrets=[])
        begun = await asks.do("beginSigning", REQUEST, teacher, **given)
        assert begun["request"]["state"] == "WAITING"
        job = (await asks.post(TAKE, headers=agent))["data"]["takeAgentJob"]
        assert job["requestId"] == begun["request"]["id"]
        assert [item["kind"] for item in job["items"]] == ["XADES"] * 3
        holder = tokens.holders[teacher.id]
        answers = [
            {
                "reference": i["reference"],
                "value": base64.b64encode(holder.sign(base64.b64decode(i["tbs"]))).decode(),
            }
            for i in job["items"]
        ]
        answers[1]["value"] = answers[0]["value"]
        said = await asks.post(
            ANSWER, {"i": {"requestId": job["requestId"], "answers": answers}}, headers=agent
        )
        results = said["data"]["answerSigning"]["results"]
        assert [row["outcome"] for row in results] == ["DONE", "REFUSED", "DONE"]
        assert results[1]["refusal"]["code"] == "SIGNATURE_WRONG"
        assert await SignatureRow.filter(person_id=teacher.id).count() == 2


async def test_an_agents_token_reaches_nothing_else(tokens: World) -> None:
    async with api.client(tokens.house) as asks:
        teacher = tokens.school.teachers[1]
        agent = await pair(asks, tokens, teacher)
        for document in (
            "{ viewer { username } }",
            "{ transcripts { totalCount } }",
            "mutation { signOut { signedOut } }",
        ):
            said = await asks.post(document, headers=agent)
            assert said["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        listed = (await asks.ask("{ agents { id name certificates } }", teacher))["agents"]
        assert len(listed) == 1
        stranger = await asks.do(
            "revokeAgent", "outcome refusal { code }", tokens.school.leader, agentId=listed[0]["id"]
        )
        assert stranger == {"outcome": "REFUSED", "refusal": {"code": "NOT_FOUND"}}
        assert "errors" not in await asks.post(TAKE, headers=agent)
        await asks.do("revokeAgent", "outcome", teacher, agentId=listed[0]["id"])
        said = await asks.post(TAKE, headers=agent)
        assert said["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_declining_ends_the_request(tokens: World) -> None:
    async with api.client(tokens.house) as asks:
        teacher = tokens.school.teachers[1]
        agent = await pair(asks, tokens, teacher)
        begun = await asks.do(
            "beginSigning", REQUEST, teacher, **begin(tokens, teacher, Step.SUBJECT_TEACHERS, secrets=[])
        )
        document = (
            "mutation($i: DeclineSigningInput!) { declineSigning(input: $i) { results { id outcome } } }"
        )
        given = {"i": {"requestId": begun["request"]["id"], "code": "USER_CANCELLED"}}
        for outcome in ("DONE", "UNCHANGED"):
            said = await asks.post(document, given, headers=agent)
            assert said["data"]["declineSigning"]["results"][0]["outcome"] == outcome
        found = await asks.ask(
            "query($id: ID!) { signingRequest(id: $id) { items { refusal { code } } } }",
            teacher,
            id=begun["request"]["id"],
        )
        assert {item["refusal"]["code"] for item in found["signingRequest"]["items"]} == {"USER_CANCELLED"}


# over sockets

SUBSCRIBE = "subscription($id: ID!) { signingRequest(id: $id) { state items { state } } }"


async def socket(base: str, **more: Any) -> Any:
    url = base.replace("http", "ws") + "/graphql"
    return await websockets.connect(url, subprotocols=["graphql-transport-ws"], **more)  # type: ignore[list-item]


async def initialised(base: str, token: str) -> Any:
    made = await socket(base)
    await made.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}))
    assert json.loads(await made.recv()) == {"type": "connection_ack"}
    return made


async def test_a_subscription_tells_each_move_until_the_end(here: World) -> None:
    teacher = here.school.teachers[1]
    token = await api.token(here.house, teacher.id)
    async with served(api.make(here.house)) as base, api.client(here.house) as asks:
        asks.tokens[teacher.id] = token
        said = await asks.do(
            "beginSigning", "request { id }", teacher, **begin(here, teacher, Step.SUBJECT_TEACHERS)
        )
        made = await initialised(base, token)
        payload = {"query": SUBSCRIBE, "variables": {"id": said["request"]["id"]}}
        await made.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        states = []
        async with asyncio.timeout(10):
            while (message := json.loads(await made.recv()))["type"] == "next":
                states.append(message["payload"]["data"]["signingRequest"]["state"])
        assert message == {"id": "1", "type": "complete"}
        assert states[-1] == "FINISHED"
        await made.close()
        await here.house.tasks.idle()


async def test_a_subscription_over_server_sent_events(here: World) -> None:
    teacher = here.school.teachers[1]
    token = await api.token(here.house, teacher.id)
    async with served(api.make(here.house)) as base, api.client(here.house) as asks:
        asks.tokens[teacher.id] = token
        said = await asks.do(
            "beginSigning", "request { id }", teacher, **begin(here, teacher, Step.SUBJECT_TEACHERS)
        )
        headers = {"authorization": f"Bearer {token}", "accept": "text/event-stream"}
        body = {"query": SUBSCRIBE, "variables": {"id": said["request"]["id"]}}
        async with httpx.AsyncClient(timeout=10) as http:
            answer = await http.post(f"{base}/graphql", json=body, headers=headers)
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert '"state":"FINISHED"' in answer.text
        await here.house.tasks.idle()


async def test_whoever_has_no_computer_paired_is_told_how_to_pair_one(tokens: World) -> None:
    teacher = tokens.school.teachers[1]
    given = begin(tokens, teacher, Step.SUBJECT_TEACHERS, secrets=[])
    async with api.client(tokens.house) as asks:
        said = await asks.do(
            "beginSigning",
            "request { id } refusal { code } results { outcome refusal { code message help } }",
            teacher,
            **given,
        )
    assert (said["request"], said["refusal"]) == (None, None)
    refusal = {
        "code": "AGENT_NOT_PAIRED",
        "message": "Chưa ghép nối máy tính nào của bạn có chứng thư số này: "
        "hãy ghép nối bằng lệnh hocba-agent pair.",
        "help": "Cắm USB Token, chạy hocba-agent pair trên máy tính đó, xác nhận mã hiện ra, rồi ký lại.",
    }
    assert said["results"] == [{"outcome": "REFUSED", "refusal": refusal}] * 3


async def test_a_revoked_session_ends_its_subscriptions_within_five_seconds(tokens: World) -> None:
    teacher = tokens.school.teachers[1]
    token = await api.token(tokens.house, teacher.id)
    async with served(api.make(tokens.house)) as base, api.client(tokens.house) as asks:
        asks.tokens[teacher.id] = token
        await pair(asks, tokens, teacher)
        said = await asks.do(
            "beginSigning",
            "request { id }",
            teacher,
            **begin(tokens, teacher, Step.SUBJECT_TEACHERS, secrets=[]),
        )
        made = await initialised(base, token)
        payload = {"query": SUBSCRIBE, "variables": {"id": said["request"]["id"]}}
        await made.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        assert json.loads(await made.recv())["payload"]["data"]["signingRequest"]["state"] == "WAITING"
        await SessionRow.all().update(revoked_at=tokens.clock())
        async with asyncio.timeout(5):
            assert json.loads(await made.recv()) == {"id": "1", "type": "complete"}
        await made.send(
            json.dumps({"id": "2", "type": "subscribe", "payload": {"query": "{ viewer { username } }"}})
        )
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await made.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4403


async def test_nobody_follows_somebody_elses_request(here: World) -> None:
    teacher, other = here.school.teachers[1:3]
    token = await api.token(here.house, other.id)
    async with served(api.make(here.house)) as base, api.client(here.house) as asks:
        said = await asks.do(
            "beginSigning", "request { id }", teacher, **begin(here, teacher, Step.SUBJECT_TEACHERS)
        )
        made = await initialised(base, token)
        payload = {"query": SUBSCRIBE, "variables": {"id": said["request"]["id"]}}
        await made.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        assert json.loads(await made.recv()) == {"id": "1", "type": "complete"}
        await made.close()
        await here.house.tasks.idle()


async def test_moves_are_made_and_undone(asks: Api, here: World) -> None:
    """Hand back, refuse, hand back, cancel: each row by row, each twice."""
    admin, teacher = here.school.admin, here.school.teachers[1]
    ids = [gid("Transcript", id_) for id_ in here.transcripts]
    selection = "results { id outcome refusal { code } transcript { status statusLabel proposal } }"

    async def do(name: str, who: Any, **given: Any) -> list[Any]:
        said = await asks.do(name, selection, who, transcriptIds=ids, **given)
        return [(row["outcome"], (row["refusal"] or {}).get("code")) for row in said["results"]]

    assert await do("proposeCancellation", teacher, reason="  ") == [("REFUSED", "REASON_REQUIRED")] * 3
    assert await do("proposeCancellation", teacher, reason="Sai điểm") == [("DONE", None)] * 3
    assert await do("proposeCancellation", teacher, reason="Sai điểm") == [("UNCHANGED", None)] * 3
    listed = await asks.ask("{ cancellationProposals { totalCount edges { node { proposal } } } }", admin)
    assert listed["cancellationProposals"]["totalCount"] == 3
    assert listed["cancellationProposals"]["edges"][0]["node"]["proposal"] == "Sai điểm"
    assert await do("refuseCancellations", teacher) == [("REFUSED", "NOT_PERMITTED")] * 3
    assert await do("refuseCancellations", admin, reason="Đúng rồi") == [("DONE", None)] * 3
    assert await do("proposeCancellation", admin, reason="Sai thật") == [("DONE", None)] * 3
    assert await do("approveCancellations", admin) == [("REFUSED", "NOT_YOUR_OWN")] * 3
    assert await do("approveCancellations", here.school.other_admin) == [("DONE", None)] * 3
    assert {row.status for row in await TranscriptRow.all()} == {"cancelled"}
    assert await do("completeTranscripts", admin) == [("REFUSED", "WRONG_STATUS")] * 3
