"""The commands, files and links that the pages name are there."""

import re
import shlex
from pathlib import Path

import click
import pytest

from hocba.cli import main
from hocba.demo.main import main as demo
from hocba_usb_token.agent.cli import cli as agent
from tests.docs.pages import PAGES, ROOT, quoted

TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
LINE = re.compile(r"(?:\.venv/bin/|\b)(hocba(?:-agent)?) ((?:[a-z]+|--[a-z-]+)\b[^`\n#]*)")


def spoken(page: str) -> list[tuple[str, str]]:
    """Program and arguments of every command that a page shows."""
    text = "\n".join([*quoted(PAGES[page]), *re.findall(r"```(?:bash)?\n(.*?)```", PAGES[page], re.DOTALL)])
    return LINE.findall(text)


def known(program: str, words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that ``words`` begin with, and the rest of them."""
    command: click.Command = main if program == "hocba" else agent
    while isinstance(command, click.Group) and words and words[0] in command.commands:
        command, words = command.commands[words[0]], words[1:]
    return (demo if command.name == "demo" else command), words


COMMANDS = [(page, *line) for page in PAGES for line in spoken(page)]


def test_there_are_commands_to_look_at() -> None:
    assert len(COMMANDS) > 15
    assert {program for _, program, _ in COMMANDS} == {"hocba", "hocba-agent"}


@pytest.mark.parametrize(("page", "program", "rest"), COMMANDS)
def test_every_command_and_option_that_a_page_shows_exists(page: str, program: str, rest: str) -> None:
    command, words = known(program, shlex.split(rest.replace("[", " ").replace("]", " "), comments=True))
    assert not isinstance(command, click.Group), f"{program} {rest}"
    options = {name for each in command.params for name in each.opts}
    assert {word for word in words if word.startswith("--")} <= options | {"--version", "--help"}


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_that_a_page_names_exists(page: str) -> None:
    named = {name for text in quoted(PAGES[page]) for name in re.findall(r"^make ([a-z]+)", text)}
    assert named <= TARGETS


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", PAGES[page])
    assert [link for link in links if not (ROOT / Path(page).parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_file_of_ours_that_a_page_names_exists(page: str) -> None:
    ours = re.compile(r"(?:hocba|plugins|tests|docs)/[\w./-]+")
    named = {text for text in quoted(PAGES[page]) if ours.fullmatch(text)}
    assert {name for name in named if not (ROOT / name).exists()} == set()
