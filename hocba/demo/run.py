"""``hocba demo``: an invented school's year, from its workbook to sealed and verified transcripts.

Everything a client does goes over HTTP to a server of its own; some of the staff sign with the
agent, the others by a remote signing service that runs beside.
"""

import asyncio
from pathlib import Path

from hocba.demo import colleagues, journey, outcome
from hocba.demo.school import DemoSchool
from hocba.demo.stages import Stages
from hocba.demo.world import World, make_world

STEPS = (
    ("SUBJECT_TEACHERS", "Subject teachers sign, all at once"),
    ("HOMEROOM_TEACHER", "Homeroom teachers sign"),
    ("LEADER", "Leaders sign"),
    ("ISSUE", "The school issues: signs and seals"),
)


def run(school: DemoSchool, *, folder: Path, port: int | None = None) -> int:
    """Run the demo; the exit code."""
    return asyncio.run(_run(school, folder=folder.absolute(), port=port))


async def _run(school: DemoSchool, *, folder: Path, port: int | None) -> int:
    stages = Stages()
    say = stages.console.print
    say(f"{school.school.name}, invented: {len(school.students)} pupils in {len(school.classes)} classes.")
    async with make_world(folder, school, port=port) as world:
        say(f"The server runs at {world.url}.")
        made = await _play(world, stages)
        report = outcome.write_report(world, stages, made)
    say(stages.table())
    say(outcome.table(school, made))
    say(f"{made.signatures:,} signatures and {made.seals:,} seals: {folder / 'export'}, {report}.")
    for pupil in made.not_eligible:
        say(f"Not yet eligible, without personal id: {pupil['fullName']}, {pupil['className']}.")
    say("To look around in GraphiQL:")
    say(f"  HOCBA_SETTINGS_FILE={folder / 'settings.toml'} .venv/bin/hocba serve")
    say(f"  then open http://127.0.0.1:8000/graphql; who may sign in stands in {folder / 'sign-in.txt'}.")
    if made.failed:
        say(f"[red]{made.failed} exported files do not verify.[/red]")
    return 1 if made.failed else 0


async def _play(world: World, stages: Stages) -> outcome.Made:
    """The whole journey."""
    async with colleagues.open_office(world) as office:
        await journey.bring_in(office, stages)
        with stages.stage("Staff sign in, pair agents, register accounts", len(world.school.staff), "people"):
            await colleagues.sign_everybody_in(office)
            await colleagues.pair_agents(office)
            await colleagues.register_accounts(office)
        transcripts = await journey.create(office, stages)
        signatures = [await journey.sign_step(office, stages, step, title) for step, title in STEPS]
        await journey.confirm(office, stages, transcripts)
        archives = await journey.export(office, stages, transcripts)
        forms = await journey.forms(office)
    files = outcome.unpack(world, archives)
    return outcome.Made(
        signatures=sum(signatures),
        seals=signatures[-1],
        failed=await outcome.verify(world, files, stages),
        forms=forms,
        not_eligible=office.not_eligible,
    )
