import time

import click
import pytest
from click.testing import CliRunner

from hocba_usb_token.agent import items, jobs
from hocba_usb_token.agent.errors import AgentError, Problem, TriesLeft
from hocba_usb_token.agent.prompts import Terminal, listing
from plugins.usb_token.tests import making


def typed(work, text):
    """Run ``work`` with what a person types; give what it returns and what was on the screen."""
    given = []
    command = click.command()(lambda: given.append(work()))
    done = CliRunner().invoke(command, input=text, catch_exceptions=False)
    return given[0] if given else None, done.output


@pytest.fixture
def job(server_key, signer):
    given = [
        making.xades("Lê Thị Ánh"),
        making.xades("Trần Văn Bình", whole=False),
        making.pades(signer),
        making.challenge(signer),
    ]
    answer = making.job(server_key, signer, given, title="Ký học bạ\x1b[2J lớp 9A1")
    return jobs.verify(answer, server_key.public_key(), now=time.time(), used=())


def test_the_list_says_what_the_bytes_are(job, signer):
    named = making.sha256(signer).hex()
    assert listing(job, items.look(job)) == [
        "── Ký học bạ[2J lớp 9A1 ──",
        "Ký 2 học bạ:",
        "    1. Lê Thị Ánh · lớp 9A1 · năm học 2025-2026 · THCS Thử Nghiệm",
        "    2. Trần Văn Bình · lớp 9A1 · năm học 2025-2026 · THCS Thử Nghiệm",
        "Đóng dấu 1 bản PDF của học bạ vừa ký:",
        "    1. Con dấu học bạ Lê Thị Ánh",
        f"Chứng minh giữ khóa của chứng thư số {named[:8]}…{named[-8:]} · năm học 2025-2026 · Nguyễn Thị Mẫu",
    ]


def test_the_list_is_on_the_screen(job):
    _, screen = typed(lambda: Terminal().show(job, items.look(job)), "")

    assert "Lê Thị Ánh" in screen


@pytest.mark.parametrize(("answer", "agreed"), [("y\n", True), ("n\n", False), ("\n", False), ("", False)])
def test_only_a_yes_agrees(answer, agreed):
    assert typed(Terminal().agrees, answer)[0] is agreed
    assert typed(Terminal(yes=True).agrees, "")[0] is True


@pytest.mark.parametrize(("answer", "pin"), [("246810\n", "246810"), ("\n", None), ("", None)])
def test_a_pin_is_typed_without_echo_and_an_empty_one_cancels(answer, pin):
    given, screen = typed(Terminal().pin, answer)

    assert given == pin
    assert "246810" not in screen


def test_a_pin_given_beforehand_is_not_asked_for():
    terminal = Terminal(pin="246810")

    assert typed(terminal.pin, "")[0] == "246810"
    assert not terminal.asks_again
    assert Terminal().asks_again


def test_a_failure_is_a_sentence_with_what_the_token_tells_of_the_tries():
    error = AgentError(Problem.PIN_INCORRECT, tries=TriesLeft.LOW)

    _, screen = typed(lambda: Terminal().fail(error), "")

    assert screen == (
        "Mã PIN không đúng. Đã có ít nhất một lần nhập sai; nhập sai thêm có thể khóa thiết bị.\n"
    )


def test_progress_stays_on_one_line():
    def three():
        for done in (1, 2, 3):
            Terminal().progress(done, 3)
        Terminal().say("Xong")

    assert typed(three, "")[1] == "\rĐã ký 1/3\rĐã ký 2/3\rĐã ký 3/3\nXong\n"
