"""Count the SQL statements that a piece of code makes."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


class _Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.statements: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.statements.append(record.getMessage())


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements made inside the block; many rows written at once are one."""
    logger, heard = logging.getLogger("tortoise.db_client"), _Heard()
    level, passed = logger.level, logger.propagate
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    logger.addHandler(heard)
    try:
        yield heard.statements
    finally:
        logger.removeHandler(heard)
        logger.setLevel(level)
        logger.propagate = passed
