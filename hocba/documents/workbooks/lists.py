"""Code lists that the template offers; a help for typing and a warning when reading, never a refusal."""

from hocba.domain import codes


def ethnic_groups() -> tuple[str, ...]:
    """The names of *Dân tộc*, in the order of the list in force."""
    return codes.names("ethnic-groups")
