"""A screen that nobody sees (Xvfb), and a person who uses what is on it."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from tkinter import ttk

import pytest

REQUIRED = os.environ.get("HOCBA_TEST_SERVICES") == "required"


@contextmanager
def screen():
    """The name of a display of our own."""
    if shutil.which("Xvfb") is None:
        assert not REQUIRED, "Xvfb is required"
        pytest.skip("Xvfb is not installed: the window of the agent is not tried")
    with tempfile.TemporaryDirectory() as folder:
        read, write = os.pipe()
        with (Path(folder) / "log").open("w") as log:
            server = subprocess.Popen(
                ["Xvfb", "-displayfd", str(write), "-screen", "0", "800x700x24", "-nolisten", "tcp"],
                pass_fds=[write],
                stderr=log,
            )
        os.close(write)
        try:
            with os.fdopen(read) as number:
                yield f":{number.readline().strip()}"
        finally:
            server.terminate()
            server.wait()


class Hand:
    """Does what it is told whenever the window asks something, and remembers what it saw.

    :ivar does: for each question in turn: a button's words, or ``("PIN", what is typed)``.
    """

    def __init__(self, window, *does):
        self.window = window
        self.does = list(does)
        self.seen = []
        window._root.after(20, self._look)

    def _look(self):
        if self.window._closed.is_set():
            return
        self._note()
        if self.does and self._does(self.does[0]):
            self.does.pop(0)
        if not self.window._closed.is_set():
            self.window._root.after(20, self._look)

    def _note(self):
        said = self.window._status.cget("text")
        if not self.seen or self.seen[-1] != said:
            self.seen.append(said)

    def _does(self, what):
        """Do it, if it can be done yet."""
        widgets = [each for each in self.window._asking.winfo_children() if each.winfo_ismapped()]
        if what == "close":
            if widgets:
                self.window.close()
            return bool(widgets)
        if isinstance(what, str):
            buttons = [each for each in widgets if isinstance(each, ttk.Button) and each.cget("text") == what]
            return any(each.invoke() or True for each in buttons)
        return any(self._types(each, *what) for each in widgets if isinstance(each, ttk.Entry))

    def _types(self, entry, how, text):
        if self.window._root.focus_get() is not entry:
            entry.focus_force()  # there is no window manager that would give it
            return False
        entry.insert(0, text)
        entry.event_generate("<Return>" if how == "PIN" else "<Escape>")
        return True
