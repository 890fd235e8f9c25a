"""The rules about form that no linter has, as functions of a module's text."""

import ast
import unicodedata
from collections.abc import Iterator

MODULE_LINES = 400
FUNCTION_LINES = 50
NAMES = {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "misc"}
WRITES = {
    "create",
    "save",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "execute_query",
    "execute_script",
    "execute_insert",
    "execute_many",
}


def too_long(text: str) -> Iterator[str]:
    """What is longer than it may be."""
    if len(text.splitlines()) > MODULE_LINES:
        yield "module"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and length(node) > FUNCTION_LINES:
            yield node.name


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function, its docstring and decorators not among them."""
    first = node.body[0]
    described = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    described = described and isinstance(first.value.value, str)
    docstring = first.end_lineno - first.lineno + 1 if described else 0
    return node.end_lineno - node.lineno + 1 - docstring


def lengths(text: str) -> Iterator[int]:
    """Of each function."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield length(node)


def writes(text: str) -> Iterator[str]:
    """Calls that write rows, or might; an action of ours may be called as it likes."""
    tree = ast.parse(text)
    actions = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "hocba.actions"
        for name in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            receiver = node.func.value
            if not (isinstance(receiver, ast.Name) and receiver.id in actions):
                yield node.func.attr


def is_nfc(text: str) -> bool:
    """Whether letters and their marks are one character each."""
    return unicodedata.is_normalized("NFC", text)
