from pathlib import Path

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType

from hocba.schema import schema

COMMITTED = Path(__file__).parents[2] / "schema.graphql"


def test_the_committed_schema_is_the_one_that_is_served() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == schema.as_str() + "\n", (
        "renew it: hocba schema > schema.graphql"
    )


def undescribed() -> list[str]:
    found = []
    for name, kind in schema._schema.type_map.items():
        if name.startswith("__"):
            continue
        if not kind.description:
            found.append(name)
        if isinstance(kind, GraphQLEnumType):
            found += [f"{name}.{value}" for value, each in kind.values.items() if not each.description]
        if isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType)):
            found += [f"{name}.{field}" for field, each in kind.fields.items() if not each.description]
        if isinstance(kind, GraphQLObjectType):
            found += [
                f"{name}.{field}({argument})"
                for field, each in kind.fields.items()
                for argument, one in each.args.items()
                if not one.description
            ]
    return found


def test_everything_in_the_schema_is_described() -> None:
    assert undescribed() == []


def test_every_mutation_takes_one_input_and_gives_one_payload() -> None:
    mutation = schema._schema.mutation_type
    assert mutation is not None
    without_input = {name for name, field in mutation.fields.items() if list(field.args) != ["input"]}
    assert without_input == {"signOut", "takeAgentJob"}
    for name, field in mutation.fields.items():
        if name not in without_input:
            expected = name[0].upper() + name[1:] + "Input"
            assert str(field.args["input"].type) == f"{expected}!"


def test_nothing_of_the_database_is_in_the_schema_or_the_web() -> None:
    root = Path(__file__).parents[2] / "hocba"
    for path in [*(root / "schema").glob("*.py"), *(root / "web").glob("*.py")]:
        text = path.read_text(encoding="utf-8").replace("creation.create(", "")
        assert "tortoise" not in text, path
        assert "store.models" not in text, path
        for writing in (".create(", ".save(", ".update(", ".delete("):
            assert writing not in text, (path, writing)
