"""``hocba demo``: an invented school's year, from its workbook to sealed and verified transcripts.

Everything a client does goes over HTTP to a server of its own; some of the staff sign with the
agent, the others by a remote signing service that runs beside.
"""

import asyncio
from pathlib import Path

from hocba.demo import colleagues, journey, outcome
from hocba.demo.stages import Stages
from hocba.demo.world import World, make_world

STEPS = (
    ("SUBJECT_TEACHERS", "Subject teachers sign, all at once"),
    ("HOMEROOM_TEACHER", "Homeroom teachers sign"),
    ("LEADER", "Leaders sign"),
    ("ISSUE", "The school issues: signs and seals"),
)


def run(*, students: int, classes: int, seed: int, folder: Path, port: int | None = None) -> int:
    """Run the demo; the exit code."""
    return asyncio.run(
        _run(students=students, classes=classes, seed=seed, folder=folder.absolute(), port=port)
    )


async def _run(*, students: int, classes: int, seed: int, folder: Path, port: int | None) -> int:
    stages = Stages()
    say = stages.console.print
    say(f"An invented school: {students} pupils in {classes} classes, seed {seed}.")
    async with make_world(folder, students=students, classes=classes, seed=seed, port=port) as world:
        say(f"The server runs at {world.url}.")
        signatures, failed = await _play(world, stages)
        report = outcome.write_report(world, stages, signatures=signatures, failed=failed)
    say(stages.table())
    say(f"{signatures:,} signatures and {students:,} seals: {folder / 'export'}, {report}.")
    say("To look around in GraphiQL:")
    say(f"  HOCBA_SETTINGS_FILE={folder / 'settings.toml'} .venv/bin/hocba serve")
    say(f"  then open http://127.0.0.1:8000/graphql; who may sign in stands in {folder / 'sign-in.txt'}.")
    if failed:
        say(f"[red]{failed} exported files do not verify.[/red]")
    return 1 if failed else 0


async def _play(world: World, stages: Stages) -> tuple[int, int]:
    """The whole journey: how many signatures, and how many exported files do not verify."""
    async with colleagues.open_office(world) as office:
        await journey.bring_in(office, stages)
        with stages.stage("Staff sign in, pair agents, register accounts", len(world.school.staff), "people"):
            await colleagues.sign_everybody_in(office)
            await colleagues.pair_agents(office)
            await colleagues.register_accounts(office)
        made = await journey.create(office, stages)
        signatures = 0
        for step, title in STEPS:
            signatures += await journey.sign_step(office, stages, step, title)
        await journey.confirm(office, stages, made)
        archives = await journey.export(office, stages, made)
    files = outcome.unpack(world, archives)
    return signatures, await outcome.verify(world, files, stages)
