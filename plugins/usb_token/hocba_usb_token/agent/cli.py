"""``hocba-agent``: pair this computer, then let it sign.

It never listens on a port and never takes a PIN on the command line: the PIN is typed, or
comes from a file (``--pin-file``), a descriptor (``--pin-fd``) or ``HOCBA_AGENT_PIN``.
"""

import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from cryptography import x509

from hocba_usb_token.agent import known_modules
from hocba_usb_token.agent import state as states
from hocba_usb_token.agent.client import Server
from hocba_usb_token.agent.errors import AgentError, Problem
from hocba_usb_token.agent.hardening import leave_no_dump
from hocba_usb_token.agent.items import printable
from hocba_usb_token.agent.keystores import Held, KeyStore
from hocba_usb_token.agent.known_modules import KnownModule
from hocba_usb_token.agent.pkcs11_module import PATIENCE, Pkcs11Module
from hocba_usb_token.agent.pkcs12 import Pkcs12File
from hocba_usb_token.agent.prompts import Face, Terminal
from hocba_usb_token.agent.run import POLL, Agent
from hocba_usb_token.agent.words import sentence

PAIRING_LIFE = 600.0
Command = Callable[..., Any]

_state_option = click.option(
    "--state",
    "state_path",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="HOCBA_AGENT_STATE",
    help="Tệp trạng thái (mặc định: trong thư mục cấu hình của người dùng).",
)


def _key_options(command: Command) -> Command:
    kind = click.Path(path_type=Path, dir_okay=False)
    command = click.option("--p12", type=kind, help="Tệp PKCS#12 (.p12, .pfx).")(command)
    command = click.option(
        "--patience",
        type=click.FloatRange(min=1),
        default=PATIENCE,
        show_default=True,
        envvar="HOCBA_AGENT_PATIENCE",
        help="Số giây chờ thư viện của thiết bị trả lời.",
    )(command)
    return click.option("--module", type=kind, help="Thư viện PKCS#11 của USB Token.")(command)


def _pin_options(command: Command) -> Command:
    kind = click.Path(path_type=Path, dir_okay=False, exists=True)
    command = click.option("--pin-file", type=kind, help="Đọc mã PIN từ tệp.")(command)
    return click.option("--pin-fd", type=int, help="Đọc mã PIN từ một descriptor đang mở.")(command)


@click.group()
@click.version_option(package_name="hocba-usb-token", prog_name="hocba-agent")
def cli() -> None:
    """Ký học bạ số bằng USB Token hoặc tệp PKCS#12 trên máy của thầy/cô."""


@cli.command()
@click.option("--server", "url", required=True, help="Địa chỉ máy chủ học bạ số, https://…")
@click.option("--name", default=platform.node, show_default="tên máy", help="Tên của máy này.")
@_key_options
@_pin_options
@_state_option
def pair(
    *,
    url: str,
    name: str,
    p12: Path | None,
    module: Path | None,
    patience: float,
    pin_file: Path | None,
    pin_fd: int | None,
    state_path: Path | None,
) -> None:
    """Ghép nối máy này với tài khoản của thầy/cô."""
    store = _store(p12, module, patience)
    try:
        held = _listed(store, _given_pin(pin_file, pin_fd))
        token, job_key = _pair(Server(url), name, held)
    finally:
        store.close()
    states.pinned_key(job_key)
    state = states.State(
        server=url,
        name=name,
        token=token,
        job_key=job_key,
        p12=str(p12.absolute()) if p12 else "",
        module=str(store.place) if isinstance(store, Pkcs11Module) else "",
    )
    states.save(state_path or states.default_path(), state)
    click.echo("Đã ghép nối. Để ký, hãy chạy: hocba-agent run")


@cli.command()
@click.option("--once", is_flag=True, help="Chỉ làm những yêu cầu đang chờ rồi kết thúc.")
@click.option("--window", is_flag=True, help="Hỏi trong một cửa sổ thay vì ở dòng lệnh.")
@click.option("--yes", is_flag=True, help="Không hỏi lại trước khi ký.")
@click.option("--poll-seconds", default=POLL, show_default=True, help="Số giây giữa hai lần hỏi máy chủ.")
@_key_options
@_pin_options
@_state_option
def run(
    *,
    once: bool,
    window: bool,
    yes: bool,
    poll_seconds: float,
    p12: Path | None,
    module: Path | None,
    patience: float,
    pin_file: Path | None,
    pin_fd: int | None,
    state_path: Path | None,
) -> None:
    """Chờ yêu cầu ký từ máy chủ và ký."""
    path = state_path or states.default_path()
    state = states.load(path)
    if not p12 and not module:
        p12, module = (Path(each) if each else None for each in (state.p12, state.module))
    face = _face(window=window, yes=yes, pin=_given_pin(pin_file, pin_fd))
    agent = Agent(
        server=Server(state.server, token=state.token),
        store=_store(p12, module, patience),
        face=face,
        state=state,
        remember=lambda new: states.save(path, new),
    )
    face.run(lambda: _work(agent, once=once, poll=poll_seconds))


@cli.command()
@_key_options
@_pin_options
def certificates(
    *, p12: Path | None, module: Path | None, patience: float, pin_file: Path | None, pin_fd: int | None
) -> None:
    """Liệt kê các chứng thư số có thể ký trên máy này."""
    store = _store(p12, module, patience)
    try:
        for held in _listed(store, _given_pin(pin_file, pin_fd)):
            click.echo(_described(held))
    finally:
        store.close()


@cli.command()
def modules() -> None:
    """Liệt kê các thư viện PKCS#11 của USB Token tìm thấy trên máy này."""
    for each in known_modules.installed():
        click.echo(f"{each.title}: {each.path}")


def main() -> None:
    """The program: an error is one sentence and exit code 1."""
    leave_no_dump()
    try:
        cli(standalone_mode=False)
    except AgentError as error:
        click.echo(sentence(error), err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)


def _face(*, window: bool, yes: bool, pin: str | None) -> Face:
    """:raises AgentError: NO_WINDOW when there is no Tk, or no screen."""
    if not window:
        return Terminal(yes=yes, pin=pin)
    try:
        from hocba_usb_token.agent.window import TclError, Window  # noqa: PLC0415 -- Tk may not be there
    except ImportError:
        raise AgentError(Problem.NO_WINDOW) from None
    try:
        return Window(yes=yes, pin=pin)
    except TclError:
        raise AgentError(Problem.NO_WINDOW) from None


def _work(agent: Agent, *, once: bool, poll: float) -> None:
    try:
        if once:
            agent.drain()
        else:
            agent.run(poll=poll)
    finally:
        agent.close()


def _store(p12: Path | None, module: Path | None, patience: float = PATIENCE) -> KeyStore:
    if p12 and module:
        raise click.UsageError("Chỉ chọn một trong hai: --p12 hoặc --module.")
    if p12:
        return Pkcs12File(p12)
    return Pkcs11Module(module or _the_only(known_modules.installed()), patience=patience)


def _the_only(found: Sequence[KnownModule]) -> Path:
    """The one library that is installed, when nobody says which.

    :raises AgentError: MODULE_NOT_LOADED when there is none.
    """
    if not found:
        raise AgentError(Problem.MODULE_NOT_LOADED)
    if len(found) > 1:
        raise click.UsageError(
            "Có nhiều thư viện PKCS#11, hãy chọn một bằng --module:\n"
            + "\n".join(f"  {each.title}: {each.path}" for each in found)
        )
    return found[0].path


def _given_pin(pin_file: Path | None, pin_fd: int | None) -> str | None:
    """The PIN that was given beforehand; one from the environment is taken out of it."""
    from_environment = os.environ.pop("HOCBA_AGENT_PIN", None)
    if pin_file is not None:
        return pin_file.read_text(encoding="utf-8").rstrip("\r\n")
    if pin_fd is not None:
        with os.fdopen(pin_fd, encoding="utf-8") as file:
            return file.readline().rstrip("\r\n")
    return from_environment


def _listed(store: KeyStore, pin: str | None) -> tuple[Held, ...]:
    if store.listing_needs_pin and pin is None:
        pin = Terminal().pin()
        if pin is None:
            raise AgentError(Problem.USER_CANCELLED)
    held = tuple(store.certificates(pin))
    if not held:
        raise AgentError(Problem.CERTIFICATE_NOT_ON_TOKEN)
    return held


def _pair(server: Server, name: str, held: tuple[Held, ...]) -> tuple[str, str]:
    pairing = server.begin_pairing(name, [each.certificate for each in held])
    click.echo(f"Mã ghép nối: {pairing.code}")
    click.echo(f"Hãy đăng nhập trang học bạ số và nhập mã này trước {_local(pairing.expires_at)}.")
    click.echo(f"Tên máy sẽ hiện ở đó: {name}")
    deadline = time.monotonic() + PAIRING_LIFE
    while time.monotonic() < deadline:
        claimed = server.claim_pairing(pairing.device_code)
        if claimed is not None:
            return claimed
        time.sleep(POLL)
    raise AgentError(Problem.PAIRING_EXPIRED)


def _local(moment: str) -> str:
    """The time of day here, of an ISO 8601 moment; anything else as it is."""
    try:
        return datetime.fromisoformat(moment).astimezone().strftime("%H:%M")
    except ValueError:
        return printable(moment)


def _described(held: Held) -> str:
    loaded = x509.load_der_x509_certificate(held.certificate)
    until = loaded.not_valid_after_utc.date()
    return (
        f"{held.place}: {loaded.subject.rfc4514_string()}\n  hạn dùng: {until} · SHA-256: {held.fingerprint}"
    )


if __name__ == "__main__":
    main()
