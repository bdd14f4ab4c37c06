"""Rank what a table has by its search texts, all of which the database looks through."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_
from sqlmodel import Session

from models.finding.numbers import number_in
from models.rules.search import search, sifting
from models.rules.search.sifting import Sieve

MOST_WEIGHED = 300
"""How many names in which the words stand are weighed."""


def ranked(
    session: Session,
    query: Select[Any, Any],
    order: Sequence[Any],
    words: str,
    limit: int,
    *,
    params: Mapping[str, Any] | None = None,
    numbered: bool = True,
) -> dict[int, float]:
    """Return the best ids with their scores; whose number the words are stands first.

    ``query`` selects ids and search texts, ``order`` is that of those that fit equally well. Where
    the words stand in more than ``MOST_WEIGHED`` names, those are weighed that begin with them.
    """
    id_, text = query.selected_columns
    sieves = sifting.sieves(words)
    if not sieves:
        return {}

    def rows(query: Any) -> Sequence[Any]:
        return session.execute(query, dict(params or {})).all()

    number = number_in(words) if numbered else None
    best = {each: 1.0 for each, _ in rows(query.where(id_ == number))} if number else {}
    begins = text.startswith(words, autoescape=True).desc()
    foremost = query.order_by(begins, *order).limit(MOST_WEIGHED)
    for sieve in sieves:
        found = search.rank(words, rows(foremost.where(_passes(text, sieve))))
        if found:
            break
    else:
        found = search.rank(words, rows(query.order_by(*order).limit(sifting.MOST_GUESSED)))
    for each, score in found[: limit + 1]:
        best.setdefault(each, score)
    return dict(list(best.items())[:limit])


def _passes(text: ColumnElement[str], sieve: Sieve) -> ColumnElement[bool]:
    """As ``Sieve.passes``, of a column."""
    return and_(
        *(
            or_(*(and_(*(text.contains(each, autoescape=True) for each in way)) for way in clause))
            for clause in sieve.clauses
        )
    )
