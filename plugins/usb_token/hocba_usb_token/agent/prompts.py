"""How the agent talks with a person: what a face must do, and the face in a terminal."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

import click

from hocba_usb_token.agent.errors import AgentError
from hocba_usb_token.agent.items import Shown, printable
from hocba_usb_token.agent.jobs import ItemKind, Job
from hocba_usb_token.agent.words import sentence


class Face(Protocol):
    """Shows what will be signed, and asks."""

    @property
    def asks_again(self) -> bool:
        """Whether a wrong PIN can be asked again; a PIN from a file cannot."""
        ...

    def show(self, job: Job, shown: Sequence[Shown]) -> None:
        """Show the list of what will be signed."""
        ...

    def agrees(self) -> bool:
        """Whether the person agrees to sign the list that was shown."""
        ...

    def pin(self) -> str | None:
        """The PIN; ``None`` when the person cancels."""
        ...

    def progress(self, done: int, total: int) -> None:
        """So many items are signed."""
        ...

    def say(self, text: str) -> None:
        """A sentence for the person."""
        ...

    def fail(self, error: AgentError) -> None:
        """What went wrong."""
        ...

    def run(self, work: Callable[[], None]) -> None:
        """Be there while ``work`` runs.  :raises AgentError: what it raised."""
        ...


class Terminal:
    """The face in a terminal.

    :param yes: agree without asking.
    :param pin: a PIN that was given beforehand, used instead of asking.
    """

    def __init__(self, *, yes: bool = False, pin: str | None = None) -> None:
        self._yes = yes
        self._pin = pin

    @property
    def asks_again(self) -> bool:
        """Only when the PIN is typed."""
        return self._pin is None

    def show(self, job: Job, shown: Sequence[Shown]) -> None:
        """Print the list."""
        for line in listing(job, shown):
            click.echo(line)

    def agrees(self) -> bool:
        """Ask yes or no; Ctrl-C is no."""
        if self._yes:
            return True
        try:
            return click.confirm("Thầy/cô đồng ý ký các mục trên?", default=False)
        except click.Abort:
            return False

    def pin(self) -> str | None:
        """Ask without echo; an empty PIN or Ctrl-C cancels."""
        if self._pin is not None:
            return self._pin
        try:
            typed: str = click.prompt(
                "Mã PIN (để trống để hủy)", hide_input=True, default="", show_default=False
            )
        except click.Abort:
            return None
        return typed or None

    def progress(self, done: int, total: int) -> None:
        """Keep one line up to date."""
        click.echo(f"\rĐã ký {done}/{total}", nl=done == total)

    def say(self, text: str) -> None:
        """Print it."""
        click.echo(text)

    def fail(self, error: AgentError) -> None:
        """Print the sentence where errors go."""
        click.echo(sentence(error), err=True)

    def run(self, work: Callable[[], None]) -> None:
        """Nothing else goes on in a terminal."""
        click.echo("Đang chờ yêu cầu ký (Ctrl-C để dừng)…")
        work()


def listing(job: Job, shown: Sequence[Shown]) -> list[str]:
    """The lines that a person reads before he agrees.

    Pupil, class, year and school come from the very bytes that will be signed; of a challenge, the
    certificate and the year.
    """
    kinds = Counter(each.kind for each in shown)
    lines = [f"── {printable(job.title)} ──"]
    if kinds[ItemKind.XADES]:
        lines.append(f"Ký {kinds[ItemKind.XADES]} học bạ:")
    lines += [_pupil(number, each) for number, each in enumerate(_of(shown, ItemKind.XADES), 1)]
    if kinds[ItemKind.PADES]:
        lines.append(f"Đóng dấu {kinds[ItemKind.PADES]} bản PDF của học bạ vừa ký:")
    lines += [f"  {number:>3}. {each.title}" for number, each in enumerate(_of(shown, ItemKind.PADES), 1)]
    lines += [_possession(job, each) for each in _of(shown, ItemKind.CHALLENGE)]
    return lines


def _of(shown: Sequence[Shown], kind: ItemKind) -> list[Shown]:
    return [each for each in shown if each.kind == kind]


def _pupil(number: int, shown: Shown) -> str:
    facts = (shown.name, f"lớp {shown.class_name}", f"năm học {shown.year}", shown.school)
    return f"  {number:>3}. " + " · ".join(each for each in facts if each)


def _possession(job: Job, shown: Shown) -> str:
    certificate = f"{job.certificate[:8]}…{job.certificate[-8:]}"
    said = f"Chứng minh giữ khóa của chứng thư số {certificate} · năm học {shown.year}"
    return f"{said} · {shown.title}" if shown.title else said
