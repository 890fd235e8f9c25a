"""The parts of docs/rules.md and docs/legal.md that are made of the regulations.

``python -m tests.docs.regulations_pages`` writes them anew.
"""

from collections.abc import Iterable, Iterator, Mapping

from hocba import words
from hocba.domain import regulations
from hocba.domain.assessment import Rule
from hocba.domain.regulations.rules import FIXED, SCOPES, PolicyValue
from hocba.domain.regulations.shapes import RuleSet
from tests.docs.pages import ROOT

BEGIN, END = "<!-- made of hocba/domain/regulations -->", "<!-- until here -->"


def made(page: str) -> str:
    """What stands in ``page`` between the marks."""
    return (ROOT / page).read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].strip()


def parts() -> Mapping[str, str]:
    """Page -> what it should say there."""
    return {
        "docs/rules.md": f"{_rules()}\n\n{_cohorts()}\n\n{_numbers()}",
        "docs/legal.md": _table(("in the data", "source", "not compared with the original"), _doubts()),
    }


def _sets() -> Iterator[RuleSet]:
    for (kind, _), table in sorted(regulations.packaged().tables.items()):
        if kind == "rules" and isinstance(table, RuleSet):
            yield table


def _rules() -> str:
    stands = {rule: (each.circular, article) for each in _sets() for rule, article in each.articles.items()}
    lines = []
    for rule in sorted(set(Rule) - SCOPES, key=list(Rule).index):
        circular, article = stands[rule]
        severity = article.severity.value + (", no reason stands against it" if rule in FIXED else "")
        says = f"{words.rule_text(rule)}<br>{words.rule_text(rule, 'en')}"
        lines.append((rule.value, f"{circular} {article.article}", severity, says))
    return _table(("rule", "where it stands", "when broken", "what it says"), lines)


def _cohorts() -> str:
    lines = (
        (each.circular, ", ".join(f"{grade}: {year}" for grade, year in sorted(each.about.since.items())))
        for each in _sets()
    )
    return _table(("circular", "grade: first school year"), lines)


def _numbers() -> str:
    lines = (
        (each.circular, f"`{name}`", _shown(value), value.article)
        for each in _sets()
        for name, value in each.values.items()
    )
    return _table(("circular", "policy", "value", "where it stands"), lines)


def _shown(said: PolicyValue) -> str:
    value = said.value
    if isinstance(value, Mapping):
        return "<br>".join(
            f"{first}: " + ", ".join(f"{second} → {year}" for second, year in line.items())
            for first, line in value.items()
        )
    if isinstance(value, tuple):
        return ", ".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _doubts() -> Iterator[tuple[str, ...]]:
    for what, source, note in regulations.doubts(regulations.packaged()):
        yield f"`{what}`", source, note


def _table(head: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> str:
    rows = ["| " + " | ".join(row) + " |" for row in (head, *lines)]
    return "\n".join([rows[0], "|---" * len(head) + "|", *rows[1:]])


def main() -> None:
    for page, part in parts().items():
        path = ROOT / page
        before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        path.write_text(f"{before}{BEGIN}\n\n{part}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
