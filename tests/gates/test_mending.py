"""The mends for each build back end stand beside rules that are there, and on their pages."""

from __future__ import annotations

import tomllib

import pytest

from release_tests.gates.catalogue import RULES
from release_tests.gates.mending import BACK_ENDS, MENDING
from release_tests.gates.rules import Authority


def test_every_topic_belongs_to_a_rule() -> None:
    """A topic of a rule that is no more is found here."""
    assert [rule for rule in MENDING if rule not in RULES] == []


@pytest.mark.parametrize("rule", MENDING)
def test_topic_is_whole(rule: str) -> None:
    """Each topic names known back ends only, in whole sentences, and its example is TOML."""
    topic = MENDING[rule]
    assert set(topic.differing) <= set(BACK_ENDS)
    assert topic.everywhere or topic.differing
    assert all(words.endswith(".") for words in topic.differing.values())
    assert bool(tomllib.loads(topic.example)) == bool(topic.example)


def test_what_the_index_asks_of_metadata_has_a_topic() -> None:
    """Whoever is refused over a field is told where the field is set."""
    asked = {
        rule.id
        for rule in RULES.values()
        if rule.gate == "metadata" and rule.authority is Authority.PYPI
    }
    assert asked <= set(MENDING)
