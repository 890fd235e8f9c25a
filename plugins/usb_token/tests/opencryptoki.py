"""openCryptoki's soft token: unlike SoftHSM it counts wrong PINs, and locks at the third.

Its daemon, its files and its shared memory are at fixed places, one of each on a computer.  So
they live in a mount and an IPC namespace of their own, over a temporary folder; whoever wants to
use the token is started inside (``Enclosed.command``).  Where namespaces are not allowed (an
ordinary container), the fixed places themselves are used, when nobody else uses them.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MODULE = next(Path("/usr/lib").glob("*/pkcs11/libopencryptoki.so"), Path("/missing"))
FILES = Path("/var/lib/opencryptoki/swtok")
LABEL, SO_PIN, FIRST_SO_PIN = "co-mau", "12345678", "87654321"
DIES_WITH_US = ["setpriv", "--pdeathsig", "KILL"]
NAMESPACES = ["unshare", "--mount", "--ipc"]
CONFIGURATION = "version opencryptoki-3.1\nslot {slot}\n{{\nstdll = libpkcs11_sw.so\n}}\n"
SLOT = "3"
"""As in the configuration of the Debian package."""

OURS = """
for place in etc/opencryptoki var/lib/opencryptoki var/log/opencryptoki run; do
  mkdir -p "/$place" && mount --bind "$0/$place" "/$place"
done
mount -t tmpfs tmpfs /dev/shm
"""
BEGIN = """
mkdir -p /run/lock/opencryptoki/swtok /var/lib/opencryptoki/swtok/TOK_OBJ /var/log/opencryptoki
chgrp -R pkcs11 /run/lock/opencryptoki /var/lib/opencryptoki /var/log/opencryptoki
chmod -R 770 /run/lock/opencryptoki
exec pkcsslotd -f
"""


class UnusableError(Exception):
    """openCryptoki cannot be tried here, and why."""


@dataclass(frozen=True)
class Enclosed:
    """A running openCryptoki with one initialised, empty token.

    :ivar command: what stands before a command that is to see the token.
    """

    folder: Path
    command: tuple[str, ...]
    pin: str

    def run(self, *arguments: str, typed: str = "") -> str:
        """Run something that sees the token.  :returns: what it printed."""
        line = [*self.command, *arguments]
        done = subprocess.run(line, input=typed, check=False, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return done.stdout

    def initialise(self) -> None:
        """An empty token with its label and the administrator's PIN."""
        self._configure("-I", "-S", FIRST_SO_PIN, typed=f"{LABEL}\n")
        self._configure("-P", "-S", FIRST_SO_PIN, "-n", SO_PIN)
        self.unlock()

    def unlock(self) -> None:
        """What the vendor does for a person with a locked token: the user's PIN is set anew."""
        self._configure("-u", "-S", SO_PIN, "-n", "11111111")
        self._configure("-p", "-U", "11111111", "-n", self.pin)

    def flags(self) -> str:
        """What the token tells of itself, as openCryptoki's own tool prints it."""
        return next(line for line in self._configure("-t").splitlines() if "Flags:" in line)

    def python(self) -> Path:
        """A Python that sees the token, for ``multiprocessing.set_executable``."""
        path = self.folder / "python"
        path.write_text(f'#!/bin/sh\nexec {" ".join(self.command)} {sys.executable} "$@"\n')
        path.chmod(0o755)
        return path

    def _configure(self, *arguments: str, typed: str = "") -> str:
        return self.run("pkcsconf", "-c", SLOT, *arguments, typed=typed)


@contextmanager
def running(folder: Path, pin: str) -> Iterator[Enclosed]:
    """Start it; whatever happens, nothing of it is left running.

    :raises UnusableError: when it is not installed, or not possible here.
    """
    apart = _usable()
    _lay(folder)
    line = [*DIES_WITH_US, *(NAMESPACES if apart else [])]
    script = f"set -e\n{OURS if apart else ''}{BEGIN}"
    before = set() if apart else set(_traces())
    with (folder / "log").open("w") as log:
        daemon = subprocess.Popen([*line, "bash", "-c", script, str(folder)], stdout=log, stderr=log)
    try:
        _wait(daemon, folder if apart else Path("/"))
        inside = ("nsenter", "--target", str(daemon.pid), "--mount", "--ipc", "--") if apart else ()
        enclosed = Enclosed(folder, inside, pin)
        enclosed.initialise()
        yield enclosed
    finally:
        daemon.terminate()
        try:
            daemon.wait(10)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()
        for path in set() if apart else set(_traces()) - before:
            path.unlink()


def _usable() -> bool:
    """Whether it can have places of its own."""
    if shutil.which("pkcsslotd") is None or not MODULE.exists():
        raise UnusableError("opencryptoki is not installed (apt install opencryptoki)")
    if os.geteuid() != 0:
        raise UnusableError("opencryptoki's daemon needs root")
    if subprocess.run([*NAMESPACES, "true"], check=False, capture_output=True).returncode == 0:
        return True
    if Path("/run/pkcsslotd.socket").exists() or (FILES / "NVTOK.DAT").exists():
        raise UnusableError("no namespaces are allowed here, and somebody else uses opencryptoki")
    return False


def _traces() -> list[Path]:
    """What it leaves at its fixed places."""
    files = [path for path in FILES.rglob("*") if path.is_file()]
    return [*files, *Path("/dev/shm").glob("var.lib.opencryptoki.*"), *Path("/run").glob("pkcsslotd.*")]


def _lay(folder: Path) -> None:
    for place in ("etc/opencryptoki", "var/lib/opencryptoki", "var/log/opencryptoki", "run"):
        (folder / place).mkdir(parents=True)
    (folder / "etc/opencryptoki/opencryptoki.conf").write_text(CONFIGURATION.format(slot=SLOT))


def _wait(daemon: subprocess.Popen[bytes], root: Path) -> None:
    deadline = time.monotonic() + 15
    while not (root / "run/pkcsslotd.socket").exists():
        if daemon.poll() is not None or time.monotonic() > deadline:
            raise UnusableError(f"pkcsslotd does not start: see {root / 'log'}")
        time.sleep(0.05)
