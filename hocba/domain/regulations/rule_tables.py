"""The reader of ``[[rules]]``: which circular assesses whom, where its rules stand, and its numbers."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any, get_type_hints

from hocba.domain.regulations.about import ABOUT, by_grade, doubt
from hocba.domain.regulations.letters import YEAR_LEVELS
from hocba.domain.regulations.nodes import Node
from hocba.domain.regulations.policies import POLICIES, RULES, Policy
from hocba.domain.regulations.rules import Article, PolicyValue, Rule, Severity
from hocba.domain.regulations.shapes import RuleSet

_SEVERITIES = {severity.value: severity for severity in Severity}
_LEVELS = {level: level for level in YEAR_LEVELS}


def rule_set(node: Node) -> RuleSet:
    """One rule set; its policy, if any, is named after the rules that ask for it."""
    node.only(*ABOUT, "circular", "articles", "policy")
    policy, values = _policy(node.table("policy", {}))
    articles = node.table("articles", {})
    wanted = RULES[type(policy)] if policy else frozenset()
    articles.only(*wanted)
    if missing := sorted(wanted - articles.facts.keys()):
        articles.fail(f"{missing[0]}: is missing")
    return RuleSet(
        about=by_grade(node),
        circular=node.text("circular"),
        articles={Rule(name): _article(articles.table(name)) for name in articles.facts},
        policy=policy,
        values=values,
    )


def _article(node: Node) -> Article:
    node.only("article", "severity", "unverified", "note")
    unverified, note = doubt(node)
    return Article(
        article=node.text("article"),
        severity=node.choice("severity", _SEVERITIES, Severity.ERROR.value),
        unverified=unverified,
        note=note,
    )


def _policy(node: Node) -> tuple[Policy | None, Mapping[str, PolicyValue]]:
    node.only(*POLICIES)
    if not node.facts:
        return None, {}
    if len(node.facts) > 1:
        node.fail("must be of one kind")
    (name,) = node.facts
    type_, table = POLICIES[name], node.table(name)
    table.only(*(each.name for each in fields(type_)))
    values = {name: _value(table.table(name), hint) for name, hint in get_type_hints(type_).items()}
    return type_(**{name: each.value for name, each in values.items()}), values


def _value(node: Node, hint: Any) -> PolicyValue:
    node.only("value", "article", "unverified", "note")
    unverified, note = doubt(node)
    return PolicyValue(
        value=_typed(node, hint), article=node.text("article"), unverified=unverified, note=note
    )


def _typed(node: Node, hint: Any) -> Any:
    if hint is Decimal:
        return node.number("value")
    if hint is str:
        return node.text("value")
    if hint in (int, bool):
        return node.get("value", hint)
    return node.texts("value") if hint == tuple[str, ...] else _by_terms(node.table("value"))


def _by_terms(node: Node) -> Mapping[str, Mapping[str, str]]:
    """Term I -> term II -> the year: no level left out, none that is no level."""
    node.only(*YEAR_LEVELS)
    lines = {first: node.table(first) for first in YEAR_LEVELS}
    for line in lines.values():
        line.only(*YEAR_LEVELS)
    return {
        first: {second: line.choice(second, _LEVELS) for second in YEAR_LEVELS}
        for first, line in lines.items()
    }
