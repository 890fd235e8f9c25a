"""The window, on a screen of its own: what a person sees, presses and types."""

import contextlib
import queue
import threading

import pytest

from hocba_usb_token.agent import cli
from hocba_usb_token.agent.errors import AgentError, Problem
from hocba_usb_token.agent.pkcs12 import Pkcs12File
from hocba_usb_token.agent.words import sentence
from plugins.usb_token.tests import making
from plugins.usb_token.tests.conftest import PIN
from plugins.usb_token.tests.screens import Hand, screen
from plugins.usb_token.tests.simulator import signed_by

windows = pytest.importorskip("hocba_usb_token.agent.window", reason="there is no Tk")


@pytest.fixture(scope="module")
def display():
    with screen() as name:
        yield name


@pytest.fixture
def window(display, monkeypatch):
    monkeypatch.setenv("DISPLAY", display)
    made = windows.Window()
    yield made
    made.close()


@pytest.fixture
def a_class(simulator, server_key, signer):
    items = [making.xades(f"Học Sinh {number}") for number in range(45)]
    simulator.jobs.append(making.job(server_key, signer, items, title="Ký học bạ lớp 9A1"))
    return items


def test_a_class_is_shown_agreed_to_and_signed_with_one_pin(
    window, agent_with, p12, simulator, signer, a_class
):
    hand = Hand(window, "Đồng ý ký", ("PIN", PIN))
    seen = []

    def work():
        agent_with(Pkcs12File(p12), window).once()
        seen.append(window._list.get("1.0", "end"))

    window.run(work)

    assert signed_by(signer, simulator, a_class)
    assert "Ký 45 học bạ:" in seen[0]
    assert "Học Sinh 44 · lớp 9A1" in seen[0]
    assert hand.seen[0] == "Đang chờ yêu cầu ký…"
    assert "Thầy/cô đồng ý ký các mục trên?" in hand.seen
    assert not any(PIN in text for text in [*hand.seen, *seen])


@pytest.mark.parametrize("does", [("Không ký",), ("Đồng ý ký", "Hủy"), ("Đồng ý ký", ("Escape", ""))])
def test_a_no_is_told_to_the_server_and_nothing_is_signed(window, agent_with, p12, simulator, a_class, does):
    Hand(window, *does)
    window.run(lambda: agent_with(Pkcs12File(p12), window).once())
    assert [each[1] for each in simulator.declined] == ["USER_CANCELLED"]
    assert simulator.portions == []


def test_a_window_that_is_closed_is_a_no(window, agent_with, p12, simulator, a_class):
    Hand(window, "close")
    window.run(lambda: agent_with(Pkcs12File(p12), window).once())
    assert simulator.portions == []


def test_a_wrong_pin_is_said_and_asked_for_again(window, agent_with, p12, simulator, signer, a_class):
    hand = Hand(window, "Đồng ý ký", ("PIN", "0000"), ("PIN", PIN))
    window.run(lambda: agent_with(Pkcs12File(p12), window).once())
    assert any(text.startswith("Mã PIN không đúng.") for text in hand.seen)
    assert signed_by(signer, simulator, a_class)


def test_a_second_click_answers_nothing_more(window):
    heard = []

    def twice():
        buttons = window._asking.winfo_children()
        if not buttons:
            window._root.after(20, twice)
            return
        (agree,) = [each for each in buttons if each.cget("text") == "Đồng ý ký"]
        agree.invoke()
        with contextlib.suppress(windows.TclError):
            agree.invoke()

    def work():
        heard.append(window.agrees())
        with contextlib.suppress(queue.Empty):
            heard.append(window._answer.get(timeout=0.3))

    window._root.after(20, twice)
    window.run(work)
    assert heard == [True]


def test_a_pin_that_was_typed_does_not_stay(window):
    Hand(window, ("PIN", PIN))
    left = []

    def work():
        assert window.pin() == PIN
        window._call(lambda: left.extend(each for each in window._asking.winfo_children()))
        done = threading.Event()
        window._call(done.set)
        done.wait(5)

    window.run(work)
    assert left == []


def test_what_ends_the_work_stays_readable_until_the_window_is_closed(window):
    said = []

    def look():
        said.append(window._status.cget("text"))
        if said[-1] == sentence(AgentError(Problem.NOT_PAIRED)):
            window.close()
        else:
            window._root.after(20, look)

    def work():
        raise AgentError(Problem.NOT_PAIRED)

    window._root.after(20, look)
    with pytest.raises(AgentError, match="not_paired"):
        window.run(work)
    assert said[-1].startswith("Máy này chưa ghép nối")


def test_without_a_screen_it_says_so(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(AgentError) as failure:
        cli._face(window=True, yes=False, pin=None)
    assert sentence(failure.value).startswith("Không mở được cửa sổ")
