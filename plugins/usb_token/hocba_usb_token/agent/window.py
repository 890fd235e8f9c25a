"""The face in a window (Tk): for who never saw a terminal.

Tk lives in the main thread and the agent works beside it; whatever the agent says or asks is put on the
window's queue, and an answer comes back the same way.  Closing the window is a no to whatever is asked.
"""

import queue
import threading
import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import TclError, ttk

from hocba_usb_token.agent.errors import AgentError
from hocba_usb_token.agent.items import Shown
from hocba_usb_token.agent.jobs import Job
from hocba_usb_token.agent.prompts import listing
from hocba_usb_token.agent.words import sentence

__all__ = ["TclError", "Window"]

TITLE = "Ký học bạ số"
WAITING = "Đang chờ yêu cầu ký…"
EVERY = 50
"""Milliseconds between two looks at the queue."""


class ClosedError(Exception):
    """The window is closed: there is nobody to talk to any more."""


class Window:
    """The one window of the program.

    :param yes: agree without asking.
    :param pin: a PIN that was given beforehand, used instead of asking.
    """

    def __init__(self, *, yes: bool = False, pin: str | None = None) -> None:
        self._yes = yes
        self._pin = pin
        self._calls: queue.Queue[Callable[[], None]] = queue.Queue()
        self._answer: queue.Queue[str | None] = queue.Queue()
        self._closed = threading.Event()
        self._root = tk.Tk()
        self._build()

    # --- the agent's side: any thread

    @property
    def asks_again(self) -> bool:
        """Only when the PIN is typed."""
        return self._pin is None

    def show(self, job: Job, shown: Sequence[Shown]) -> None:
        """Fill the list and come to the front."""
        lines = listing(job, shown)
        self._call(lambda: self._show(lines))

    def agrees(self) -> bool:
        """Wait for one of the two buttons."""
        return self._yes or self._ask(self._ask_consent) == "yes"

    def pin(self) -> str | None:
        """Wait for a PIN; an empty one, *Hủy* or a closed window cancels."""
        if self._pin is not None:
            return self._pin
        return self._ask(self._ask_pin) or None

    def progress(self, done: int, total: int) -> None:
        """Move the bar."""
        self._call(lambda: self._progress(done, total))

    def say(self, text: str) -> None:
        """A sentence under the list."""
        self._call(lambda: self._say(text, "black"))

    def fail(self, error: AgentError) -> None:
        """The same, in red."""
        text = sentence(error)
        self._call(lambda: self._say(text, "#b00020"))

    # --- the window's side: the main thread

    def run(self, work: Callable[[], None]) -> None:
        """Show the window until it is closed or ``work``, in a thread beside it, has ended.

        :raises AgentError: what ``work`` raised; its sentence stays in the window until it is closed.
        """
        problem: list[BaseException] = []

        def beside() -> None:
            try:
                work()
            except ClosedError:
                return
            except BaseException as error:  # noqa: BLE001 -- told below, in the main thread
                problem.append(error)
                if isinstance(error, AgentError):
                    self.fail(error)
                    return
            self._calls.put(self.close)

        thread = threading.Thread(target=beside, name="agent", daemon=True)
        thread.start()
        self._root.mainloop()
        thread.join(timeout=5)
        if problem:
            raise problem[0]

    def close(self) -> None:
        """Close it; whatever is asked is answered with no."""
        if not self._closed.is_set():
            self._closed.set()
            self._answer.put(None)
            self._root.destroy()

    def _build(self) -> None:
        root = self._root
        root.title(TITLE)
        root.minsize(560, 420)
        root.protocol("WM_DELETE_WINDOW", self.close)
        root.columnconfigure(0, weight=1)
        root.rowconfigure(0, weight=1)
        self._list = tk.Text(root, wrap="word", state="disabled", height=16, padx=12, pady=8)
        self._list.grid(row=0, column=0, sticky="nsew")
        scroll = ttk.Scrollbar(root, command=self._list.yview)
        scroll.grid(row=0, column=1, sticky="ns")
        self._list.configure(yscrollcommand=scroll.set)
        self._status = tk.Label(
            root, text=WAITING, anchor="w", justify="left", wraplength=520, padx=12, pady=6
        )
        self._status.grid(row=1, column=0, columnspan=2, sticky="ew")
        self._bar = ttk.Progressbar(root, maximum=1)
        self._bar.grid(row=2, column=0, columnspan=2, sticky="ew", padx=12)
        self._asking = ttk.Frame(root, padding=12)
        self._asking.grid(row=3, column=0, columnspan=2, sticky="ew")
        root.after(EVERY, self._pump)

    def _pump(self) -> None:
        while not self._closed.is_set():
            try:
                call = self._calls.get_nowait()
            except queue.Empty:
                self._root.after(EVERY, self._pump)
                return
            call()

    def _call(self, work: Callable[[], None]) -> None:
        if self._closed.is_set():
            raise ClosedError
        self._calls.put(work)

    def _ask(self, question: Callable[[], None]) -> str | None:
        self._call(question)
        answer = self._answer.get()
        return None if self._closed.is_set() else answer

    def _reply(self, answer: str | None) -> None:
        """The question goes away before its answer is heard: a second click answers nothing."""
        self._quiet()
        self._answer.put(answer)

    def _show(self, lines: Sequence[str]) -> None:
        self._list.configure(state="normal")
        self._list.delete("1.0", "end")
        self._list.insert("end", "\n".join(lines))
        self._list.configure(state="disabled")
        self._bar.configure(value=0)
        self._root.deiconify()
        self._root.lift()

    def _ask_consent(self) -> None:
        self._say("Thầy/cô đồng ý ký các mục trên?", "black")
        self._button("Đồng ý ký", lambda: self._reply("yes"))
        self._button("Không ký", lambda: self._reply("no")).focus_set()

    def _ask_pin(self) -> None:
        label = ttk.Label(self._asking, text="Mã PIN của thiết bị:")
        label.pack(side="left", padx=(0, 8))
        entry = ttk.Entry(self._asking, show="•", width=20)
        entry.pack(side="left")

        def done() -> None:
            self._reply(entry.get())

        entry.bind("<Return>", lambda _event: done())
        entry.bind("<Escape>", lambda _event: self._reply(None))
        self._button("Ký", done)
        self._button("Hủy", lambda: self._reply(None))
        entry.focus_set()

    def _button(self, text: str, command: Callable[[], None]) -> ttk.Button:
        button = ttk.Button(self._asking, text=text, command=command)
        button.pack(side="right", padx=(8, 0))
        return button

    def _quiet(self) -> None:
        for widget in self._asking.winfo_children():
            widget.destroy()

    def _progress(self, done: int, total: int) -> None:
        self._bar.configure(maximum=total, value=done)
        self._say(f"Đã ký {done}/{total}", "black")

    def _say(self, text: str, colour: str) -> None:
        self._status.configure(text=text, foreground=colour)
