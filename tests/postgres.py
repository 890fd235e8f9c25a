"""Say, by the exit code, whether PostgreSQL answers: ``python -m tests.postgres URL``."""

import asyncio
import sys

import asyncpg


async def answers(url: str) -> bool:
    """Whether a connection can be made within two seconds."""
    try:
        connection = await asyncpg.connect(url, timeout=2)
    except (OSError, TimeoutError, asyncpg.PostgresError):
        return False
    await connection.close()
    return True


if __name__ == "__main__":
    sys.exit(not asyncio.run(answers(sys.argv[1])))
