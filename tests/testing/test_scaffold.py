import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import hocba
from hocba.cli import main
from hocba.testing.scaffold import ScaffoldError, write


def run(*arguments, folder):
    """A program in the new package's folder, with nothing of this repository but what is installed."""
    installed = str(Path(hocba.__file__).parent.parent)
    env = {**os.environ, "PYTHONPATH": installed, "PYTHONDONTWRITEBYTECODE": "1"}
    env.pop("COVERAGE_PROCESS_START", None)
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_what_it_writes_conforms(tmp_path):
    written = CliRunner().invoke(main, ["new-plugin", "acme-remote", "--into", str(tmp_path)])
    assert (written.exit_code, written.output.strip()) == (0, str(tmp_path / "hocba-acme-remote"))

    code, said = run("pytest", "-q", "-p", "no:cacheprovider", folder=tmp_path / "hocba-acme-remote")

    assert code == 0, said
    assert "26 passed" in said, said


def test_what_it_writes_is_tidy(tmp_path):
    folder = write("acme", tmp_path)
    assert run("ruff", "check", "--isolated", "--line-length", "110", ".", folder=folder)[0] == 0
    formatted = run("ruff", "format", "--isolated", "--line-length", "110", "--check", ".", folder=folder)
    assert formatted[0] == 0, formatted[1]
    assert not [file for file in folder.rglob("*.*") if "{" in file.name]


@pytest.mark.parametrize("name", ["Acme", "acme_remote", "../acme", "", "acme-", "1acme"])
def test_a_name_that_is_none_is_refused(tmp_path, name):
    with pytest.raises(ScaffoldError, match="kebab-case"):
        write(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_left_alone(tmp_path):
    write("acme", tmp_path)
    (tmp_path / "hocba-acme" / "README.md").write_text("mine")
    again = CliRunner().invoke(main, ["new-plugin", "acme", "--into", str(tmp_path)])
    assert again.exit_code == 1
    assert "there is something already" in again.output
    assert (tmp_path / "hocba-acme" / "README.md").read_text() == "mine"
