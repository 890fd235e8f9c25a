"""Write the migration that the models need: see the package."""

import asyncio
import sys

from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.schema_generator.operation_generator import OperationGenerator
from tortoise.migrations.schema_generator.state import State
from tortoise.migrations.schema_generator.state_apps import StateApps
from tortoise.migrations.writer import MigrationWriter

APP = {"models": ["hocba.store.models"], "default_connection": "default", "migrations": __package__}
CONFIG = {"connections": {"default": "sqlite://:memory:"}, "apps": {"hocba": APP}}


class Detector(MigrationAutodetector):
    """Compares tables without their prose.

    Prose is no part of the schema, and Tortoise splits SQL at a ``;`` in it.
    """

    def _current_state(self) -> State:
        return _without_prose(super()._current_state())

    async def _project_state(self) -> State:
        return _without_prose(await super()._project_state())


def _without_prose(state: State) -> State:
    for model in state.models.values():
        model.options.pop("table_description", None)
        for field in model.fields.values():
            field.description = None
    return state


async def needed(*, initial: bool) -> list[MigrationWriter]:
    """The migrations that lead from those on disk (or from nothing) to the models."""
    async with TortoiseContext() as context:
        await context.init(config=CONFIG, init_connections=False)
        assert context.apps is not None
        detector = Detector(context.apps, {"hocba": APP})
        if not initial:
            return await detector.changes()
        nothing = State(models={}, apps=StateApps())
        operations = OperationGenerator(nothing, detector._current_state()).generate(app_labels=["hocba"])
        return [
            MigrationWriter("0001_initial", "hocba", operations, initial=True, migrations_module=__package__)
        ]


def main() -> None:
    """Write them beside this file."""
    for writer in asyncio.run(needed(initial="--initial" in sys.argv)):
        code = '"""Made from the models: see the package."""\n\n' + writer.as_string()
        writer.path().write_text(code, encoding="utf-8")
        sys.stdout.write(f"{writer.name}\n")


if __name__ == "__main__":
    main()
