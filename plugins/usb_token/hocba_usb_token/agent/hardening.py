"""No process that holds a PIN leaves its memory behind: no core dump, no crash report.

A limit of zero stops core files.  On Linux a handler of crashes (``core_pattern`` with a pipe) is
called in spite of it, unless the process says that it is not to be dumped; then nobody but root
may look into its memory or its first environment either.  Windows and macOS write no dump of a
program unless somebody asks for it there.
"""

import ctypes
import sys

PR_SET_DUMPABLE = 4  # linux/prctl.h


def leave_no_dump() -> None:
    """Have this process leave no dump.  Where the system knows no such thing, nothing happens."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 -- Windows has none

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
