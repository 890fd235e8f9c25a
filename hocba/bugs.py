"""The log's line about a bug of ours: which kind and where, never its text, which may quote somebody.

Whoever met it is told the id of that line and nothing else.
"""

import logging
import traceback
from uuid import uuid4

log = logging.getLogger(__name__)

FRAMES = 6
"""How many places are named, the innermost first."""


def log_bug(broken: BaseException) -> str:
    """Log of which kind ``broken`` is and where it happened; the id under which the log has it."""
    id_ = uuid4().hex
    frames = reversed(traceback.extract_tb(broken.__traceback__)[-FRAMES:])
    where = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames)
    log.error("internal error %s: %s at %s", id_, type(broken).__name__, where)
    return id_
