"""``hocba``: serve, work, migrate, verify, and what an operator adds by hand."""

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from hocba import __version__, database
from hocba.actions import bootstrap
from hocba.actions.staff_users import Operator
from hocba.commands import audit, believing, messages
from hocba.commands import do as _do
from hocba.commands import settings as _settings
from hocba.commands.places import organisation, school
from hocba.domain.permissions import DELEGABLE, Permission
from hocba.domain.regulations import RegulationError
from hocba.domain.values import Role
from hocba.plugin_api import Secret
from hocba.quiet import keep_quiet
from hocba.secrets import SecretsError

T = TypeVar("T")

PASSWORD_VARIABLE = "HOCBA_PASSWORD"  # noqa: S105 -- the name of a variable


@click.group()
@click.version_option(__version__, prog_name="hocba")
def main() -> None:
    """The digital school transcript (học bạ số)."""


def _log() -> None:
    """What a server says about itself, on standard error."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    keep_quiet()


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen on."
)
def serve(host: str, port: int) -> None:
    """Run the web server; without a broker it runs the jobs too."""
    import uvicorn  # noqa: PLC0415 -- no other command needs it

    from hocba.app import make_app  # noqa: PLC0415
    from hocba.web.server import OPTIONS  # noqa: PLC0415

    _log()
    try:
        app = make_app(_settings())
    except (SecretsError, ValueError, OSError) as error:
        raise click.ClickException(str(error)) from None
    uvicorn.run(app, host=host, port=port, **OPTIONS)


@main.command()
@click.option("--processes", default=1, show_default=True, help="How many processes.")
def worker(processes: int) -> None:
    """Run the jobs in processes of their own; needs a broker."""
    from hocba import worker as work  # noqa: PLC0415

    _log()
    try:
        work.run(_settings(), processes=processes)
    except work.NoBrokerError:
        raise click.ClickException("set HOCBA_BROKER_URL: without a broker the web server works") from None
    except RegulationError as error:
        raise click.ClickException(str(error)) from None


@main.command()
def migrate() -> None:
    """Bring the database's tables up to date."""
    applied = asyncio.run(database.migrate(_settings()))
    for name in applied:
        click.echo(name)
    click.echo(f"{len(applied)} migrations applied")


@main.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def demo(arguments: tuple[str, ...]) -> None:
    """Run a whole school on this computer, from import to verified files."""
    from hocba.demo.main import main as run  # noqa: PLC0415

    run(list(arguments), standalone_mode=False)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--ca", type=click.Path(path_type=Path), help="Certification authorities, PEM.")
@click.option("--crl", "crls", type=click.Path(path_type=Path), multiple=True, help="A revocation list.")
@click.option("--require-revocation", is_flag=True, help="Unknown revocation does not pass.")
@click.option("--second-opinion", is_flag=True, help="Ask the second judge as well.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def verify(  # noqa: PLR0917 -- click gives them by name
    as_json: bool,
    ca: Path | None,
    crls: tuple[Path, ...],
    require_revocation: bool,
    second_opinion: bool,
    files: tuple[Path, ...],
) -> None:
    """Verify transcripts, XML or PDF; exit 0 only when all of them pass."""
    from hocba.actions import offline  # noqa: PLC0415 -- it loads every document library

    if ca is None and (crls or require_revocation):
        raise click.UsageError("revocation is checked with --ca only: without it nobody is believed")
    try:
        trust = offline.trust_of(ca, crls, require_revocation=require_revocation)
    except (OSError, ValueError):
        raise click.ClickException(
            "the certification authorities or revocation lists cannot be read"
        ) from None
    passed = True
    for path in files:
        verdict = offline.verify(path, trust, second_opinion=second_opinion)
        click.echo(verdict.as_json() if as_json else verdict.as_text())
        passed = passed and verdict.passed
    sys.exit(0 if passed else 1)


@main.command()
def plugins() -> None:
    """List the installed plugins, and why one was set aside."""
    from hocba.actions import building  # noqa: PLC0415

    for each in building.build(_settings(), ring=lambda _name, _id: None).plugins.states:
        click.echo(f"{each.key} {each.version} {each.state} {each.problem}".rstrip())


@main.command()
@click.argument("name")
@click.option(
    "--into", type=click.Path(path_type=Path, file_okay=False), default=".", show_default=True, help="Where."
)
def new_plugin(name: str, into: Path) -> None:
    """Write a signing plugin that works, to begin with: a package with its tests."""
    from hocba.testing import scaffold  # noqa: PLC0415 -- needs pytest, which a server has not

    try:
        click.echo(scaffold.write(name, into))
    except scaffold.ScaffoldError as error:
        raise click.ClickException(str(error)) from None


@main.command()
def schema() -> None:
    """Print the GraphQL schema."""
    from hocba.schema import schema as ours  # noqa: PLC0415

    click.echo(ours.as_str())


@main.group()
def user() -> None:
    """Users."""


_USERNAME = click.option("--username", required=True, help="Name that he signs in with.")


@user.command("add")
@click.option("--school", help="Code of the school where he works.")
@click.option("--organisation", help="Code of the authority where he works; for the role authority.")
@click.option("--username", required=True, help="Name to sign in with.")
@click.option("--name", "full_name", required=True, help="Họ và tên.")
@click.option("--code", required=True, help="Staff code.")
@click.option("--role", required=True, type=click.Choice(["admin", "manager", "authority"]), help="The role.")
@click.option(
    "--permission", "permissions", multiple=True, type=click.Choice(sorted(each.value for each in DELEGABLE)),
    help="What a manager may do; once for each. The administration when left out.",
)  # fmt: skip
@click.option("--personal-id", help="Số định danh cá nhân, 12 digits.")
@click.option("--title", help="Position.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def user_add(role: str, permissions: Sequence[str], *, password_stdin: bool, **given: str | None) -> None:
    """Add somebody who may sign in, with a role in a school or an authority.

    The password comes from the variable HOCBA_PASSWORD, from standard input, or is asked for; it is
    never an argument, which other users of the computer could read.
    """
    if (given["school"] is None) == (given["organisation"] is None):
        raise click.UsageError("name his school, or his organisation")
    known: dict[str, Any] = {name: text for name, text in given.items() if text is not None}
    new = bootstrap.NewUser(role=Role(role), permissions=tuple(map(Permission, permissions)), **known)
    click.echo(_do(bootstrap.add_user(new, _password(stdin=password_stdin), now=datetime.now(UTC))))


@user.command("unlock")
@_USERNAME
def user_unlock(username: str) -> None:
    """Listen again to somebody who guessed too often."""
    was_locked = _as_operator(lambda operator: operator.unlock(username))
    click.echo("unlocked" if was_locked else "was not locked")


@user.command("reset-password")
@_USERNAME
def user_reset_password(username: str) -> None:
    """Make a password for somebody and print it; he changes it when he signs in."""
    click.echo(_as_operator(lambda operator: operator.reset_password(username)).reveal())


@user.command("reset-second-factor")
@_USERNAME
def user_reset_second_factor(username: str) -> None:
    """Take somebody's second factor away, when the phone is lost."""
    had_one = _as_operator(lambda operator: operator.reset_second_factor(username))
    click.echo("reset" if had_one else "had none")


def _as_operator(work: Callable[[Operator], Coroutine[Any, Any, T]]) -> T:
    from hocba.actions import building  # noqa: PLC0415 -- it loads every plugin

    house = building.build(_settings(), ring=lambda _name, _id: None)
    return _do(work(Operator(house)))


def _password(*, stdin: bool) -> Secret:
    if stdin:
        return Secret(sys.stdin.readline().rstrip("\r\n"))
    if given := os.environ.get(PASSWORD_VARIABLE):
        return Secret(given)
    return Secret(click.prompt("Password", hide_input=True, confirmation_prompt=True))


main.add_command(school)
main.add_command(organisation)
main.add_command(audit)
main.add_command(messages)
main.add_command(believing)
