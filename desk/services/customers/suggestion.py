"""What was meant, when the search for a name finds nobody: "Você quis dizer"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice, product
from typing import Any

from desk.services.core.bus import Query, use_case
from desk.services.core.prepared import send
from desk.services.core.work import Work
from desk.services.customers.search_input import SearchKind, tsquery, understand, words_of
from desk.services.customers.search_sql import Question, indexed

MOST_TRIED, BEST = 12, 3

# Two letters that changed places share few trigrams with the right word: a wide net here, a closer look below.
WIDELY = Question(
    "SELECT set_config('pg_trgm.similarity_threshold', '0.2', true), set_config('enable_seqscan', 'off', true)"
)
# For each word that nobody's name has: those nearest to it. A table of distinct words makes this quick, where looking
# for near names among all customers would take a second.
NEAR = Question(
    """
SELECT t.at::int, n.word
  FROM unnest(CAST(:words AS text[])) WITH ORDINALITY t (word, at)
 CROSS JOIN LATERAL (
   SELECT w.word FROM desk.name_words w WHERE w.word OPERATOR(desk.%) t.word
    ORDER BY w.word = t.word DESC, desk.similarity(w.word, t.word) DESC, w.word LIMIT 20) n
"""
)
# Of several readings the first that somebody bears.
BORNE = Question(
    f"""
SELECT q.at::int FROM unnest(CAST(:queries AS text[])) WITH ORDINALITY q (query, at)
 WHERE EXISTS (SELECT FROM desk.customers WHERE {indexed("ix_customers_name_words")} @@ q.query::tsquery)
 ORDER BY q.at LIMIT 1
"""
)


@dataclass(frozen=True)
class SuggestName(Query[str | None]):
    """A name near to what was typed that some customer has; None when there is none."""

    text: str
    kind: SearchKind = SearchKind.ALL


@use_case(SuggestName, permission=None)
def suggest_name(query: SuggestName, work: Work) -> str | None:
    """The nearest words of names, joined as somebody's name joins them."""
    asked = understand(query.text, query.kind)
    if SearchKind.NAME not in asked.kinds:
        return None
    typed = words_of(asked.typed)
    _, found = send(work.session, WIDELY.filled({}), NEAR.filled({"words": typed}))
    readings = [each for each in _readings(typed, found) if each != tuple(typed)]
    if not readings:
        return None
    (borne,) = send(work.session, BORNE.filled({"queries": [tsquery(each) for each in readings]}))
    return " ".join(readings[borne[0][0] - 1]) if borne else None


def _readings(typed: list[str], found: Iterable[tuple[Any, ...]]) -> list[tuple[str, ...]]:
    """Every way to read what was typed, nearest words first; a word that nothing is near to stays as it is."""
    near: dict[int, list[str]] = {}
    for at, word in found:
        near.setdefault(at, []).append(word)
    choices = [_nearest(word, near.get(at, ())) for at, word in enumerate(typed, start=1)]
    return list(islice(product(*choices), MOST_TRIED))


def _nearest(typed: str, words: Sequence[str]) -> list[str]:
    if typed in words:
        return [typed]
    likeness = {word: SequenceMatcher(None, typed, word).ratio() for word in words}
    return sorted(words, key=likeness.__getitem__, reverse=True)[:BEST] or [typed]
