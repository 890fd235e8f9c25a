"""``hocba new-plugin NAME``: a signing plugin that works, to begin with."""

from importlib.resources import files
from pathlib import Path

from hocba.plugins import KEBAB

_FILES = {
    "pyproject.toml": "pyproject.toml.txt",
    "README.md": "README.md.txt",
    "{module}/__init__.py": "package/__init__.py.txt",
    "{module}/py.typed": "",
    "tests/test_it_conforms.py": "tests/test_it_conforms.py.txt",
}
"""Where a file goes -> the template it is made of; an empty one without."""


class ScaffoldError(Exception):
    """The plugin cannot be written; says why."""


def write(name: str, into: Path) -> Path:
    """Write the package ``hocba-<name>`` into ``into``.

    :returns: its folder.
    :raises ScaffoldError: when the name is not in kebab-case, or something is there already.
    """
    if not KEBAB.fullmatch(name):
        raise ScaffoldError(f"{name}: a plugin's name is in kebab-case, like acme-remote")
    folder = into / f"hocba-{name}"
    if folder.exists():
        raise ScaffoldError(f"{folder}: there is something already")
    words = _words(name)
    for place, template in _FILES.items():
        target = folder / _filled(place, words)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_filled(_text(template), words) if template else "", encoding="utf-8")
    return folder


def _words(name: str) -> dict[str, str]:
    parts = name.split("-")
    return {
        "{name}": name,
        "{module}": "hocba_" + "_".join(parts),
        "{Class}": "".join(part.capitalize() for part in parts),
        "{title}": " ".join(part.capitalize() for part in parts),
        "{VARIABLE}": "_".join(parts).upper(),
    }


def _text(template: str) -> str:
    return files("hocba.testing").joinpath("template", template).read_text(encoding="utf-8")


def _filled(text: str, words: dict[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text
