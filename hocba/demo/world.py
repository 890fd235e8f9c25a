"""The world the demo plays in: a folder, an invented school, certificates, and the programs that run.

::

    var/demo/  school.xlsx   the workbook
               ca.pem        the roots that the certificates hang from
               settings.toml the server's settings; `hocba serve` goes on with them
               sign-in.txt   the password of the ADMIN and of the authority's officer
               keys/         PKCS#12 files of those who sign with the agent
               logs/         what each program printed
               hocba.sqlite3 the server's database
"""

import secrets
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from hocba.demo import csc_service
from hocba.demo.processes import Processes, free_port, program, wait_until_up
from hocba.demo.school import DemoSchool, workbook
from hocba.documents.workbooks.lines import StaffLine
from hocba.testing import pki

AGENT_EVERY = 3
"""Every third member of staff signs with the agent; the others by remote signing."""

SCHOOL = "school"
"""The label of the school's own key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything that stands before the first request is sent."""

    folder: Path
    school: DemoSchool
    book: bytes = field(repr=False)
    authorities: pki.Pki = field(repr=False)
    pin: str = field(repr=False)
    password: str = field(repr=False)
    url: str
    processes: Processes

    def signs_by_agent(self, person: StaffLine) -> bool:
        """Whether ``person`` has a token at his own computer."""
        return signs_by_agent(self.school.staff.index(person))

    @property
    def agents(self) -> Path:
        """Where the agents keep their pairing."""
        return self.folder / "agents"

    def key_file(self, label: str) -> Path:
        """The PKCS#12 file of ``label``."""
        return self.folder / "keys" / f"{label}.p12"


def signs_by_agent(index: int) -> bool:
    """Whether the ``index``-th member of staff has a token (RSA); the others' keys (P-256) are remote."""
    return index % AGENT_EVERY == 0


def prepare_folder(folder: Path) -> None:
    """Empty ``folder``.

    :raises RuntimeError: when it holds something that no demo has written.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / "school.xlsx").exists():
        raise RuntimeError(f"{folder} is not empty and no demo wrote it: name another folder")
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("keys", "logs", "agents", "export"):
        (folder / name).mkdir(parents=True)


@asynccontextmanager
async def make_world(folder: Path, school: DemoSchool, *, port: int | None) -> AsyncIterator[World]:
    """Make the world of ``school``, run its programs, and end them afterwards."""
    prepare_folder(folder)
    book = workbook(school)
    (folder / "school.xlsx").write_bytes(book)
    authorities = pki.make_pki(holders(school), at=datetime.now(UTC))
    authorities.write(folder / "pki", at=datetime.now(UTC))
    (folder / "ca.pem").write_bytes((folder / "pki" / "chain.pem").read_bytes())
    server_port, csc_port = port or free_port(), free_port()
    settings = write_settings(folder, csc_port)
    url = f"http://127.0.0.1:{server_port}"
    env = {"HOCBA_SETTINGS_FILE": str(settings), "HOCBA_PUBLIC_URL": url}
    processes = Processes(folder / "logs", env)
    world = World(
        folder=folder,
        school=school,
        book=book,
        authorities=authorities,
        pin=f"{secrets.randbelow(10**8):08d}",
        password=secrets.token_urlsafe(12),
        url=url,
        processes=processes,
    )
    write_keys(world)
    try:
        await _start(world, server_port, csc_port)
        yield world
    finally:
        await processes.stop()


def holders(school: DemoSchool) -> Sequence[pki.Holder]:
    """Who is to have a certificate: each member of staff, and the school."""
    staff = [
        pki.Holder(
            label=person.code,
            name=person.full_name,
            identity=f"CCCD:{person.personal_id}",
            elliptic=not signs_by_agent(index),
        )
        for index, person in enumerate(school.staff)
    ]
    facts = school.school
    return [*staff, pki.Holder(label=SCHOOL, name=facts.name, identity=facts.identity, organisation=True)]


def write_keys(world: World) -> None:
    """Write the PKCS#12 files of those who sign with the agent."""
    by_agent = [person.code for person in world.school.staff if world.signs_by_agent(person)]
    for label in (*by_agent, SCHOOL):
        path = world.key_file(label)
        path.touch(mode=0o600)
        path.write_bytes(world.authorities.pkcs12(label, world.pin))


def write_settings(folder: Path, csc_port: int) -> Path:
    """Write the server's settings, as an operator would; the file ends with the signing service's."""
    path = folder / "settings.toml"
    crls = ", ".join(f'"{folder / "pki" / name}"' for name in ("root.crl", "issuing.crl"))
    path.write_text(
        f"""data_dir = "{folder}"
trust_file = "{folder / "ca.pem"}"
crl_files = [{crls}]
public_url = "http://127.0.0.1:8000"
graphiql = true
introspection = true
outbound_hosts = ["localhost:{csc_port}"]

[plugins.remote-signing]
base_url = "http://localhost:{csc_port}"
title = "Dịch vụ ký số từ xa (demo)"
auth = "none"
credentials = "demo/{{username}}"
""",
        encoding="utf-8",
    )
    return path


async def _start(world: World, server_port: int, csc_port: int) -> None:
    credentials = {
        person.code: csc_service.Credential(
            key=world.authorities.holders[person.code].key,
            certificate=world.authorities.holders[person.code].der,
            chain=world.authorities.chain,
        )
        for person in world.school.staff
        if not world.signs_by_agent(person)
    }
    config = csc_service.write_config(world.folder / "csc", credentials)
    service = await world.processes.start("csc", csc_service.csc_command(config, csc_port))
    await bootstrap(world)
    command = [program("hocba"), "serve", "--host", "127.0.0.1", "--port", str(server_port)]
    server = await world.processes.start("server", command)
    await wait_until_up(f"{world.url}/healthz", server)
    await wait_until_up(f"http://127.0.0.1:{csc_port}/csc/v1/info", service)


async def bootstrap(world: World) -> None:
    """What an operator does once from the shell: the school, its first ADMIN, the authority's officer."""
    facts = world.school.school
    hocba, run = program("hocba"), world.processes.run
    await run([hocba, "migrate"])
    levels = [part for level in world.school.levels for part in ("--level", level.value)]
    await run(
        [
            hocba, "school", "add", "--code", facts.code, "--name", facts.name, *levels,
            "--identity", facts.identity, "--department-code", facts.department_code,
            "--department", facts.department, "--commune", facts.commune, "--province", facts.province,
        ]
    )  # fmt: skip
    password = {"HOCBA_PASSWORD": world.password}
    note = world.folder / "sign-in.txt"
    note.touch(mode=0o600)
    note.write_text(f"ADMIN: operator\nAUTHORITY: officer\npassword of both: {world.password}\n", "utf-8")
    office = facts.department_code
    await run([hocba, "organisation", "add", "--code", office, "--name", facts.department, "--kind", "so"])
    await run([hocba, "organisation", "supervise", "--parent", office, "--child", facts.code])
    for username, role, name, where in (
        ("operator", "admin", "Quản trị viên", ("--school", facts.code)),
        ("officer", "authority", "Chuyên viên Sở", ("--organisation", office)),
    ):
        await run(
            [
                hocba, "user", "add", *where, "--username", username, "--role", role, "--name", name,
                "--code", username.upper(),
            ],
            env=password,
        )  # fmt: skip
