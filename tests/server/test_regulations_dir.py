"""The operator's regulations come into force at the start of each process, or the start fails."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from hocba.actions.building import install_regulations
from hocba.app import make_app
from hocba.cli import main
from hocba.domain import codes, regulations
from hocba.domain.values import Level
from hocba.settings import Settings

PORTAL = '[[portal]]\nid = "moet"\nsource = "QĐ 4998"\nsubjects.th = { TV = "{0}" }\n'


@pytest.fixture(autouse=True)
def packaged_again() -> Iterator[None]:
    yield
    regulations.install({})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "regulations"
    made.mkdir()
    return made


def write(folder: Path, name: str, code: str) -> None:
    folder.joinpath(name).write_text(PORTAL.replace("{0}", code), encoding="utf-8")


def portal_code() -> str:
    return codes.portal_subject("moet", Level.TH, "TV")


def test_without_a_folder_the_packaged_ones_are_in_force(settings):
    install_regulations(settings)

    assert portal_code() == "TV"


def test_the_files_of_the_folder_are_laid_on_top(folder):
    write(folder, "1.toml", "first")
    write(folder, "2.toml", "second")
    write(folder, "3.toml.bak", "third")

    install_regulations(Settings.load({"HOCBA_REGULATIONS_DIR": str(folder)}))

    assert portal_code() == "second"


def test_the_web_server_installs_them(folder, tmp_path):
    write(folder, "1.toml", "first")

    make_app(Settings.load({"HOCBA_REGULATIONS_DIR": str(folder), "HOCBA_DATA_DIR": str(tmp_path)}))

    assert portal_code() == "first"


@pytest.mark.parametrize("command", ["serve", "worker"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[[portals]]", "1.toml: portals: there is no such name here"),
        (b"\xff", "regulations_dir: cannot be read"),
        (None, "regulations_dir: cannot be read"),
    ],
)
def test_a_start_with_a_file_that_does_not_fit_ends_with_one_clear_line(
    command, content, said, folder, tmp_path
):
    if content is None:
        folder.rmdir()
    else:
        folder.joinpath("1.toml").write_bytes(content)
    env = {
        "HOCBA_REGULATIONS_DIR": str(folder),
        "HOCBA_DATA_DIR": str(tmp_path),
        "HOCBA_BROKER_URL": "redis://127.0.0.1:1",
    }

    result = CliRunner().invoke(main, [command], env=env)

    assert result.exit_code == 1
    assert result.output.splitlines()[-1].startswith(f"Error: {said}")
    assert "Traceback" not in result.output
    assert regulations.current() is regulations.packaged()
