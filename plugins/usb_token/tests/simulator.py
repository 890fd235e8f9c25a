"""A server as the agent meets it: the five mutations over HTTP on loopback, with faults to order.

The queries that come in are executed by graphql-core against the schema below, so a field or
an argument that the API does not have is an error here too.
"""

import base64
import re
import threading
from collections import deque
from contextlib import contextmanager

import uvicorn
from graphql import build_schema, graphql_sync
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route

from plugins.usb_token.tests import making

SCHEMA = build_schema("""
type Query { nothing: Boolean }
type Mutation {
  beginPairing(input: BeginPairingInput!): BeginPairingPayload!
  claimPairing(input: ClaimPairingInput!): ClaimPairingPayload!
  takeAgentJob: AgentJob
  answerSigning(input: AnswerSigningInput!): ResultsPayload!
  declineSigning(input: DeclineSigningInput!): ResultsPayload!
}
input BeginPairingInput { name: String! certificates: [String!]! }
type BeginPairingPayload { code: String deviceCode: String expiresAt: String refusal: Refusal }
input ClaimPairingInput { deviceCode: String! }
type ClaimPairingPayload { token: String jobKey: String refusal: Refusal }
type AgentJob { requestId: ID! job: String! items: [AgentItem!]! }
type AgentItem { reference: String! kind: String! tbs: String! evidence: String title: String! }
input AnswerSigningInput { requestId: ID! answers: [AnswerInput!]! }
input AnswerInput { reference: String! value: String }
input DeclineSigningInput { requestId: ID! code: DeclineCode! }
enum DeclineCode {
  SIGNER_REFUSED USER_CANCELLED PIN_INCORRECT PIN_LOCKED TOKEN_REMOVED CERTIFICATE_NOT_ON_TOKEN
  SIGNER_UNAVAILABLE
}
type ResultsPayload { results: [Result!]! }
type Result { id: ID! outcome: Outcome! refusal: Refusal }
enum Outcome { DONE UNCHANGED REFUSED }
type Refusal { code: String! message: String! }
""")
TOKEN = "agent-token-of-the-simulator"


class Simulator:
    """What the server remembers, and the faults it is told to make."""

    def __init__(self, job_key: bytes):
        self.job_key = base64.b64encode(job_key).decode()
        self.jobs = deque()
        self.signed = {}  # reference -> value: the first one stays
        self.portions = []
        self.declined = []
        self.paired = None  # what began the pairing
        self.no_pairing = ""  # the code for which a pairing is refused
        self.expired = False
        self.confirmed = False
        self.token = TOKEN
        self.faults = deque()  # see ``answer``, each for one request
        self.refused = set()  # references that the server will not take
        self.requests = []

    # the mutations, as graphql-core calls them

    def _resolve(self, source, info, **arguments):
        if source is not None:
            return source.get(info.field_name)
        name = re.sub(r"[A-Z]", lambda big: "_" + big.group().lower(), info.field_name)
        return getattr(self, name)(info, **arguments)

    def begin_pairing(self, info, input):
        if self.no_pairing:
            return {"refusal": {"code": self.no_pairing, "message": "…"}}
        self.paired = input
        return {"code": "ABCD2345", "deviceCode": "device-1", "expiresAt": "2026-06-01T08:10:00+07:00"}

    def claim_pairing(self, info, input):
        known = self.confirmed and input["deviceCode"] == "device-1"
        if self.expired:
            return {"refusal": {"code": "PAIRING_EXPIRED", "message": "…"}}
        return {"token": self.token, "jobKey": self.job_key} if known else {}

    def take_agent_job(self, info):
        self._authorised(info)
        return self.jobs.popleft() if self.jobs else None

    def answer_signing(self, info, input):
        self._authorised(info)
        self.portions.append([each["reference"] for each in input["answers"]])
        return {"results": [self._taken(**each) for each in input["answers"]]}

    def decline_signing(self, info, input):
        self._authorised(info)
        self.declined.append((input["requestId"], input["code"]))
        return {"results": []}

    def _taken(self, reference, value):
        if reference in self.refused:
            refusal = {"code": "SIGNATURE_WRONG", "message": "Chữ ký không đúng"}
            return {"id": reference, "outcome": "REFUSED", "refusal": refusal}
        if reference in self.signed:
            return {"id": reference, "outcome": "UNCHANGED"}
        self.signed[reference] = base64.b64decode(value)
        return {"id": reference, "outcome": "DONE"}

    def _authorised(self, info):
        if info.context.headers.get("authorization") != f"Bearer {self.token}":
            raise NotPairedError

    # HTTP

    async def answer(self, request):
        body = await request.json()
        self.requests.append(body)
        fault = self.faults.popleft() if self.faults else None
        if isinstance(fault, tuple):
            return PlainTextResponse(fault[1], fault[0])
        if fault == "not asked":  # 503 before anything is done
            return PlainTextResponse("busy", 503)
        done = graphql_sync(
            SCHEMA,
            body["query"],
            context_value=request,
            variable_values=body["variables"],
            field_resolver=self._resolve,
        )
        # What follows is done already: only the answer is lost.
        if fault == "lost":
            return PlainTextResponse("bad gateway", 502)
        if fault == "cut":
            return StreamingResponse(_cut(), headers={"content-length": "1000"})
        if fault == "garbage":
            return PlainTextResponse("<html>a school's proxy</html>")
        answer = {"data": done.data}
        if done.errors:
            answer["errors"] = [
                {"message": each.message, "extensions": _extensions(each)} for each in done.errors
            ]
        return JSONResponse(answer)


class NotPairedError(Exception):
    pass


def _extensions(error):
    code = "UNAUTHENTICATED" if isinstance(error.original_error, NotPairedError) else "BAD_USER_INPUT"
    return {"code": code}


async def _cut():
    yield b'{"data": '


@contextmanager
def serving(simulator, port=0):
    """Run it on loopback; give its URL."""
    app = Starlette(routes=[Route("/graphql", simulator.answer, methods=["POST"])])
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical", ws="none", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


def signed_by(signer, simulator, items):
    """Whether the simulator has the right signature of each item, and of nothing else."""
    assert simulator.signed.keys() == {each["reference"] for each in items}
    tbs = {each["reference"]: base64.b64decode(each["tbs"]) for each in items}
    return all(making.verifies(signer, tbs[each], value) for each, value in simulator.signed.items())
