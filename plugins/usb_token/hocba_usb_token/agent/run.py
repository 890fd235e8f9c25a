"""The agent's work: ask for a job, show it, ask for the PIN once per request, sign, answer.

* Nothing is signed before the job was verified, its items understood, and the person agreed.
* The session stays open for later jobs of the same request (the seals that follow an issue,
  the next fifty); it is closed when the request changes and after some idle minutes.
* A wrong PIN is never tried again by itself.  A person is asked again; a PIN that was given
  beforehand is not used a second time: the request is declined and the agent stops.
* Whoever types is told first how near the token is to being locked; a locked one asks for no PIN.
* Signatures are handed over in portions, so that little is lost when the power goes.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hocba_usb_token.agent import items, jobs
from hocba_usb_token.agent.client import Server
from hocba_usb_token.agent.errors import AgentError, Problem, TriesLeft
from hocba_usb_token.agent.items import Shown
from hocba_usb_token.agent.jobs import Job
from hocba_usb_token.agent.keystores import KeyStore, SigningSession
from hocba_usb_token.agent.prompts import Face
from hocba_usb_token.agent.state import State
from hocba_usb_token.agent.words import TRIES

POLL = 3.0
"""Seconds between two questions for a job."""
IDLE = 300.0
"""Seconds without a job after which the session is closed."""
PORTION = 25
PORTION_SECONDS = 2.0

DECLINED: Mapping[Problem, str] = {
    Problem.PIN_INCORRECT: "PIN_INCORRECT",
    Problem.PIN_LOCKED: "PIN_LOCKED",
    Problem.PIN_LAST_TRY: "SIGNER_UNAVAILABLE",
    Problem.USER_CANCELLED: "USER_CANCELLED",
    Problem.TOKEN_REMOVED: "TOKEN_REMOVED",
    Problem.CERTIFICATE_NOT_ON_TOKEN: "CERTIFICATE_NOT_ON_TOKEN",
    Problem.TOKEN_ERROR: "SIGNER_UNAVAILABLE",
    Problem.MODULE_NOT_LOADED: "SIGNER_UNAVAILABLE",
    Problem.MODULE_CRASHED: "SIGNER_UNAVAILABLE",
    Problem.MODULE_SILENT: "SIGNER_UNAVAILABLE",
    Problem.FILE_NOT_READABLE: "SIGNER_UNAVAILABLE",
    Problem.KEY_NOT_SUPPORTED: "SIGNER_UNAVAILABLE",
    Problem.ITEM_NOT_UNDERSTOOD: "SIGNER_REFUSED",
    Problem.DOCUMENT_MISMATCH: "SIGNER_REFUSED",
    Problem.OTHER_CERTIFICATE: "SIGNER_REFUSED",
}
"""What the server is told.  A job that is not the server's own, or is used up, is not answered."""
USELESS_PIN = frozenset({Problem.PIN_INCORRECT, Problem.PIN_LOCKED, Problem.PIN_LAST_TRY})
SERVER_PROBLEMS = frozenset({Problem.SERVER_UNREACHABLE, Problem.SERVER_REFUSED, Problem.NOT_PAIRED})


@dataclass(slots=True)
class _Open:
    """The session of one request."""

    request: str
    session: SigningSession
    used_at: float


class Agent:
    """One paired computer at work."""

    def __init__(
        self,
        *,
        server: Server,
        store: KeyStore,
        face: Face,
        state: State,
        remember: Callable[[State], None],
        clock: Callable[[], float] = time.time,
        idle: float = IDLE,
    ) -> None:
        self._server = server
        self._store = store
        self._face = face
        self._state = state
        self._key = state.key()
        self._remember = remember
        self._clock = clock
        self._idle = idle
        self._open: _Open | None = None
        self._disbelieved: Problem | None = None

    def run(self, *, poll: float = POLL, sleep: Callable[[float], None] = time.sleep) -> None:
        """Work until somebody stops the program.

        :raises AgentError: NOT_PAIRED, or when a PIN given beforehand is wrong.
        """
        reachable = True
        while True:
            try:
                self.once()
                reachable = True
            except AgentError as error:
                if error.problem not in SERVER_PROBLEMS - {Problem.NOT_PAIRED}:
                    raise
                if reachable:
                    self._face.fail(error)
                reachable = False
            sleep(poll)

    def drain(self) -> int:
        """Do what waits now and say how many jobs it was.  :raises AgentError: as ``run``."""
        done = 0
        while self.once():
            done += 1
        return done

    def once(self) -> bool:
        """Take one job, if there is one, and do it.

        :returns: whether there was one that could be believed.
        :raises AgentError: SERVER_UNREACHABLE, SERVER_REFUSED, NOT_PAIRED, or when a PIN
            given beforehand is wrong.
        """
        self._close_when_idle()
        given = self._server.take_job()
        if given is None:
            return False
        try:
            job = jobs.verify(given, self._key, now=self._clock(), used=self._state.used)
        except AgentError as error:
            if error.problem is not self._disbelieved:  # the server gives it again at every poll
                self._face.fail(error)
            self._disbelieved = error.problem
            return False
        self._disbelieved = None
        self._state = self._state.with_used(job.id, job.expires, now=self._clock())
        self._remember(self._state)
        self._do(job)
        return True

    def close(self) -> None:
        """Log out."""
        self._close()
        self._store.close()

    def _do(self, job: Job) -> None:
        try:
            shown = items.look(job)
            self._sign(job, self._session(job, shown))
        except AgentError as error:
            self._face.fail(error)
            self._close()
            if error.problem in DECLINED:
                self._server.decline(job.answer_to, DECLINED[error.problem])
            if self._stops(error):
                raise

    def _stops(self, error: AgentError) -> bool:
        return error.problem in SERVER_PROBLEMS or (
            error.problem in USELESS_PIN and not self._face.asks_again
        )

    def _session(self, job: Job, shown: Sequence[Shown]) -> SigningSession:
        """The session of this request: the open one, or a new one that the person agreed to."""
        self._face.show(job, shown)
        if self._open is not None and self._open.request == job.request:
            session = self._open.session
        else:
            self._close()
            if not self._face.agrees():
                raise AgentError(Problem.USER_CANCELLED)
            session = self._log_in(job.certificate)
        if session.held.fingerprint != job.certificate:
            raise AgentError(Problem.OTHER_CERTIFICATE)
        self._open = _Open(job.request, session, self._clock())
        return session

    def _log_in(self, certificate: str) -> SigningSession:
        self._warn(self._store.tries(certificate))
        while True:
            pin = self._face.pin()
            if pin is None:
                raise AgentError(Problem.USER_CANCELLED)
            try:
                return self._store.open(certificate, pin)
            except AgentError as error:
                if error.problem is not Problem.PIN_INCORRECT or not self._face.asks_again:
                    raise
                self._face.fail(error)

    def _warn(self, tries: TriesLeft) -> None:
        """Tell of the tries left before the next PIN; the last one is only for a PIN that is typed."""
        if tries is TriesLeft.FINAL and not self._face.asks_again:
            raise AgentError(Problem.PIN_LAST_TRY)
        if tries is not TriesLeft.UNKNOWN:
            self._face.say(TRIES[tries].strip())

    def _sign(self, job: Job, session: SigningSession) -> None:
        """Sign everything; what is signed is handed over even when the rest fails."""
        ready: list[tuple[str, bytes]] = []
        results: list[Mapping[str, Any]] = []
        sent = self._clock()
        try:
            for number, item in enumerate(job.items, 1):
                if self._clock() > job.expires:
                    raise AgentError(Problem.JOB_EXPIRED)
                ready.append((item.reference, session.sign(item.tbs)))
                self._face.progress(number, len(job.items))
                if len(ready) == PORTION or self._clock() - sent > PORTION_SECONDS:
                    results += self._hand_over(job, ready)
                    sent = self._clock()
        finally:
            results += self._hand_over(job, ready)
        self._report(results)

    def _hand_over(self, job: Job, ready: list[tuple[str, bytes]]) -> Sequence[Mapping[str, Any]]:
        if not ready:
            return ()
        values = tuple(ready)
        ready.clear()
        return self._server.answer(job.answer_to, values, until=job.expires)

    def _report(self, results: Sequence[Mapping[str, Any]]) -> None:
        refused = [each for each in results if each.get("outcome") == "REFUSED"]
        for each in refused:
            why = items.printable(str((each.get("refusal") or {}).get("message") or ""))
            self._face.say(f"Máy chủ không nhận một chữ ký: {why}")
        if not refused:
            self._face.say("Đã gửi chữ ký đến máy chủ.")

    def _close_when_idle(self) -> None:
        if self._open is not None and self._clock() - self._open.used_at > self._idle:
            self._close()

    def _close(self) -> None:
        if self._open is not None:
            self._open.session.close()
            self._open = None
