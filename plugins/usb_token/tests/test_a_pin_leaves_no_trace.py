"""After an agent worked and was shot, nothing on the disk and no other program knows the PIN."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from plugins.usb_token.tests import making
from plugins.usb_token.tests.conftest import PIN
from plugins.usb_token.tests.simulator import TOKEN
from plugins.usb_token.tests.test_the_program import AGENT, alive, paired

DUMPS_ALLOWED = ["prlimit", "--core=unlimited"]


def shot(folder):
    """Whether a program that is shot in ``folder`` leaves a core dump there on this computer."""
    folder.mkdir()
    process = subprocess.Popen([*DUMPS_ALLOWED, "sleep", "60"], cwd=folder)
    while of(process.pid, "comm") != b"sleep\n":
        time.sleep(0.02)
    process.send_signal(signal.SIGSEGV)
    process.wait()
    return any(folder.iterdir())


@pytest.fixture
def at_work(simulator, url, token, tmp_path, server_key):
    """An agent that has signed with a key that wants the PIN each time, and still holds it."""
    folder = tmp_path / "agent"
    folder.mkdir()
    state = paired(folder, simulator, url, module=str(token.module))
    simulator.jobs.append(making.job(server_key, token.certificates["asks-again"], [making.xades()]))
    with (folder / "screen").open("w") as screen:
        running = subprocess.Popen(
            [*DUMPS_ALLOWED, AGENT, "run", "--yes", "--state", str(state)],
            env=os.environ | {"HOCBA_AGENT_PIN": PIN, "PYTHONFAULTHANDLER": "1", "PYTHONDEVMODE": "1"},
            cwd=folder,
            stdout=screen,
            stderr=screen,
        )
    deadline = time.monotonic() + 30
    while not simulator.signed:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield running, folder
    running.kill()
    running.wait()


def of(process, what):
    return Path(f"/proc/{process}/{what}").read_bytes()


def children(running):
    return of(running.pid, f"task/{running.pid}/children").split()


def test_no_command_line_and_no_environment_of_a_child_holds_it(at_work):
    running, _ = at_work
    found = [each.decode() for each in children(running)]

    assert found
    assert PIN.encode() not in of(running.pid, "cmdline")
    assert not [each for each in found if PIN.encode() in of(each, "cmdline") + of(each, "environ")]


def test_no_file_of_the_agent_and_no_dump_holds_it(at_work, tmp_path):
    running, folder = at_work
    if Path("/proc/sys/kernel/core_pattern").read_text().startswith("core"):
        assert shot(tmp_path / "control"), "a dump would not be seen here: this test could not fail"
    found = [each.decode() for each in children(running)]
    for each in found:
        os.kill(int(each), signal.SIGSEGV)
    running.send_signal(signal.SIGSEGV)
    running.wait()
    while any(map(alive, found)):
        time.sleep(0.02)

    assert sorted(each.name for each in folder.iterdir()) == ["agent.json", "screen"]
    written = {each.name: each.read_bytes() for each in folder.iterdir()}
    assert TOKEN.encode() in written["agent.json"]
    assert b"Segmentation fault" in written["screen"]
    assert not [name for name, content in written.items() if PIN.encode() in content]


def test_who_holds_a_pin_is_not_dumped():
    asked = (
        "import ctypes, resource\n"
        "from hocba_usb_token.agent.hardening import leave_no_dump\n"
        "prctl = ctypes.CDLL(None).prctl\n"
        "before = prctl(3, 0, 0, 0, 0)\n"  # PR_GET_DUMPABLE
        "leave_no_dump()\n"
        "print(before, prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE))\n"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

    assert done.stdout == "1 0 (0, 0)\n"


def test_the_process_of_the_library_lets_go_of_what_came_with_a_request_once_it_is_done():
    """Else the PIN of a key that does not want it again would stay until the next request."""
    asked = (
        "import weakref\n"
        "from hocba_usb_token.agent.module_process import serve\n"
        "class Pin(str): pass\n"
        "class Pipe:\n"
        "    pin = None\n"
        "    def recv(self):\n"
        "        if self.pin is not None:\n"
        "            print('gone' if self.pin() is None else 'kept')\n"
        "            raise EOFError\n"
        "        pin = Pin('246810')\n"
        "        self.pin = weakref.ref(pin)\n"
        "        return 'open', ('00', pin)\n"
        "    def send(self, answer):\n"
        "        print(answer[0], answer[1].name)\n"
        "serve(Pipe(), 'missing.so')\n"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

    assert done.stdout == "failed MODULE_NOT_LOADED\ngone\n"
