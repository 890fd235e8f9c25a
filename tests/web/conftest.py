"""The same school behind the same API as in the tests of the schema."""

from tests.schema.conftest import asks, here

__all__ = ["asks", "here"]
