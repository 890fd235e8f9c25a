"""The server, as the agent sees it: five GraphQL mutations over HTTPS, always from here outwards.

Each of them may be sent again when the answer got lost: a second ``answerSigning`` changes
nothing, and a job that was handed out to nobody expires.  So a call is repeated with growing
pauses while the network or the server is down; a server that says no is not asked again.
"""

import base64
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx

from hocba_usb_token.agent.errors import AgentError, Problem

BEGIN_PAIRING = """
mutation BeginPairing($input: BeginPairingInput!) {
  beginPairing(input: $input) { code deviceCode expiresAt refusal { code } }
}"""
CLAIM_PAIRING = """
mutation ClaimPairing($input: ClaimPairingInput!) {
  claimPairing(input: $input) { token jobKey refusal { code } }
}"""
TAKE_JOB = """
mutation TakeAgentJob {
  takeAgentJob { requestId job items { reference kind tbs evidence title } }
}"""
ANSWER = """
mutation AnswerSigning($input: AnswerSigningInput!) {
  answerSigning(input: $input) { results { id outcome refusal { code message } } }
}"""
DECLINE = """
mutation DeclineSigning($input: DeclineSigningInput!) {
  declineSigning(input: $input) { results { id outcome } }
}"""

PAUSES = (1.0, 2.0, 4.0, 8.0)
LONGEST_PAUSE = 15.0
ANSWER_LIMIT = 16 << 20
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Pairing:
    """A pairing that waits for its person.  ``expires_at`` is the server's text, for display."""

    code: str
    device_code: str = field(repr=False)
    expires_at: str


class Server:
    """One server, and the token by which it knows this computer."""

    def __init__(
        self,
        url: str,
        *,
        token: str = "",
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """:raises AgentError: SERVER_NOT_HTTPS unless the server is https, or on this computer."""
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise AgentError(Problem.SERVER_NOT_HTTPS)
        self._url = url.rstrip("/") + "/graphql"
        self._clock = clock
        self._sleep = sleep
        headers = {"Accept": "application/graphql-response+json, application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._http = httpx.Client(headers=headers, timeout=httpx.Timeout(60, connect=10))

    def begin_pairing(self, name: str, certificates: Sequence[bytes]) -> Pairing:
        """Ask for a code that a signed-in person confirms.

        :param name: what this computer is called, shown to that person.
        :param certificates: DER of those that can sign here.
        """
        encoded = [base64.b64encode(each).decode() for each in certificates]
        given = self._call(BEGIN_PAIRING, "beginPairing", {"name": name, "certificates": encoded})
        _raise_refused(given)
        try:
            return Pairing(given["code"], given["deviceCode"], str(given["expiresAt"]))
        except (TypeError, KeyError):
            raise AgentError(Problem.SERVER_REFUSED) from None

    def claim_pairing(self, device_code: str) -> tuple[str, str] | None:
        """The agent's token and the server's job key, once somebody confirmed; until then ``None``.

        :raises AgentError: PAIRING_EXPIRED when it is too late.
        """
        given = self._call(CLAIM_PAIRING, "claimPairing", {"deviceCode": device_code})
        _raise_refused(given)
        if not given or not given.get("token"):
            return None
        return str(given["token"]), str(given["jobKey"])

    def take_job(self) -> Mapping[str, Any] | None:
        """The next job, unverified (see ``jobs``), or ``None``."""
        given = self._call(TAKE_JOB, "takeAgentJob", None)
        return given if isinstance(given, dict) else None

    def answer(
        self, request: str, values: Sequence[tuple[str, bytes]], *, until: float
    ) -> Sequence[Mapping[str, Any]]:
        """Hand over signatures, as often as it takes until ``until`` (seconds since 1970).

        :param values: reference and raw signature of each item.
        :returns: one result per item, as the server gives it.
        """
        answers = [{"reference": each, "value": base64.b64encode(raw).decode()} for each, raw in values]
        given = self._call(ANSWER, "answerSigning", {"requestId": request, "answers": answers}, until=until)
        return tuple((given or {}).get("results") or ())

    def decline(self, request: str, code: str) -> None:
        """Say that what is left of this request is not signed, and why."""
        self._call(DECLINE, "declineSigning", {"requestId": request, "code": code})

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _call(
        self, query: str, name: str, given: Mapping[str, Any] | None, *, until: float | None = None
    ) -> Any:
        variables = {} if given is None else {"input": given}
        for pause in self._pauses(until):
            data = self._once({"query": query, "variables": variables})
            if data is not None:
                return data.get(name)
            self._sleep(pause)
        raise AgentError(Problem.SERVER_UNREACHABLE)

    def _pauses(self, until: float | None) -> Iterator[float]:
        """After each try that failed, how long to wait before the next."""
        yield from PAUSES
        while until is not None and self._clock() < until:
            yield LONGEST_PAUSE

    def _once(self, body: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """``data`` of the answer; ``None`` when it is worth another try.

        :raises AgentError: when the server says no.
        """
        try:
            with self._http.stream("POST", self._url, json=body) as answer:
                status, content = answer.status_code, _read(answer)
        except httpx.TransportError:
            return None
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return None
        return _data(status, content)


def _raise_refused(given: Any) -> None:
    """:raises AgentError: when a pairing payload holds a refusal."""
    refusal = given.get("refusal") if isinstance(given, dict) else None
    if not refusal:
        return
    code = _code([{"extensions": refusal}])
    expired = code in {"PAIRING_EXPIRED", "PAIRING_UNKNOWN"}
    raise AgentError(Problem.PAIRING_EXPIRED if expired else Problem.SERVER_REFUSED, detail=code)


def _read(answer: httpx.Response) -> bytes:
    content = bytearray()
    for part in answer.iter_bytes():
        content += part
        if len(content) > ANSWER_LIMIT:
            raise AgentError(Problem.SERVER_REFUSED, detail="TOO_LARGE")
    return bytes(content)


def _data(status: int, content: bytes) -> Mapping[str, Any] | None:
    """``data`` of a GraphQL answer.  Its messages are never repeated: only a code may be."""
    answer = _parsed(content)
    errors = answer.get("errors")
    if errors:
        code = _code(errors)
        if code == "RATE_LIMITED":
            return None
        known = Problem.NOT_PAIRED if code == "UNAUTHENTICATED" else Problem.SERVER_REFUSED
        raise AgentError(known, detail=code)
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        raise AgentError(Problem.NOT_PAIRED)
    data = answer.get("data")
    if status != HTTPStatus.OK or not isinstance(data, dict):
        raise AgentError(Problem.SERVER_REFUSED, detail=str(status))
    return data


def _parsed(content: bytes) -> Mapping[str, Any]:
    try:
        answer = httpx.Response(HTTPStatus.OK, content=content).json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _code(errors: Any) -> str:
    try:
        code = str(errors[0]["extensions"]["code"])
    except (LookupError, TypeError):
        return "INTERNAL"
    return code if re.fullmatch(r"[A-Z_]{1,40}", code) else "INTERNAL"
