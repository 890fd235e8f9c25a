"""What libraries would log of what they carry: tokens, passwords, names.  It is not logged at any level.

At DEBUG a database driver logs each statement with its values, a WebSocket library each frame with the
token in it; uvicorn logs where a socket was opened with its whole query, even at INFO.  Whoever turns
the level of the log to DEBUG wants to see what the server does, and not that.
"""

import logging

CHATTY = (
    "aiosqlite",
    "asyncpg",
    "httpcore",
    "httpx",
    "pika",
    "pyhanko",
    "pyhanko_certvalidator",
    "tortoise",
    "websockets",
)
"""Only their warnings are heard."""

UVICORN = "uvicorn.error"


def keep_quiet() -> None:
    """Let none of them say what it carries, whatever the level of the log; may be called again."""
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    uvicorn = logging.getLogger(UVICORN)
    uvicorn.setLevel(max(logging.INFO, uvicorn.level))
    uvicorn.addFilter(_says_no_address)


def _says_no_address(record: logging.LogRecord) -> bool:
    """What uvicorn says of a socket holds the path with its query; everything else passes."""
    return '"WebSocket' not in str(record.msg)
