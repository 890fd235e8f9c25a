"""Rules other than the packaged ones, for one test."""

from collections.abc import Callable, Iterator

import pytest

from hocba.domain import regulations

Amend = Callable[..., None]


def rules_toml() -> str:
    """The packaged rules."""
    packaged = regulations.resources.files(regulations).joinpath("rules.toml")
    return packaged.read_text(encoding="utf-8")


@pytest.fixture
def amend() -> Iterator[Amend]:
    """Change the line of the rules that begins with a name: ``amend("TR-8", "Đ12.1", "Đ99")``."""
    lines = rules_toml().splitlines()

    def change(line: str, old: str, new: str) -> None:
        (at,) = (index for index, each in enumerate(lines) if each.startswith(f"{line} = "))
        assert old in lines[at]
        lines[at] = lines[at].replace(old, new)
        regulations.install({"rules.toml": "\n".join(lines)})

    yield change
    regulations.install({})
