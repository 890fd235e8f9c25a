"""When an operation is over, what it showed of pupils' records is written down."""

from collections.abc import Iterator

from strawberry.extensions import SchemaExtension

from hocba.schema.context import Context


class Witness(SchemaExtension):
    """Has the reading of records written down, beside the answer."""

    def on_operation(self) -> Iterator[None]:
        """After everything is resolved."""
        yield
        context = self.execution_context.context
        if isinstance(context, Context):
            context.write_down()
