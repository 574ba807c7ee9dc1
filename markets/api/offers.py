"""Offers as sellers' programs send them: by the ten thousand, so that the usual row takes a short way.

`OfferFields` alone says what a row may be and how a fault is told. The short way takes rows of which it is plain that
the fields would say the same (a test holds both to each other), at a twentieth of the cost; any other row goes the
long way.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from ..problems import RowProblem
from ..rest.bodies import NotAsDescribed, Rows, read_rows
from ..rest.fields import FOUR_PLACES
from ..rules.bids_file import LABELS, read_bids_file
from ..rules.notices import ZERO, Offer
from .serializers import OfferFields

MOST_OFFERS = 30_000
_FIELDS = frozenset(OfferFields().fields)
_NEEDED = frozenset({"competition", "windows", "capacity_kw", "assets"})
_FIGURE = re.compile(r"[0-9]{1,8}(\.[0-9]{1,4})?")
_PRICES = ("availability_gbp_per_mw_h", "utilisation_gbp_per_mwh", "sustain_gbp_per_kw")


@dataclass(frozen=True)
class Sent:
    """The good rows as offers with their lines, every fault of the others, and how its columns are called."""

    offers: Sequence[Offer]
    problems: Sequence[RowProblem]
    labels: Mapping[str, str] = field(default_factory=dict)

    def told(self, further: Iterable[RowProblem]) -> list[RowProblem]:
        """All problems by line, with the columns as they are called in what was sent."""
        named = [replace(problem, column=self.labels.get(problem.column, problem.column)) for problem in further]
        return sorted([*self.problems, *named], key=lambda problem: problem.line)


class _NotPlain(Exception):
    """A row for the long way."""


def read_file(content: bytes) -> Sent:
    """A CSV with the columns of the template. Raises UnreadableFile for what is no such file at all."""
    file = read_bids_file(content)
    return Sent(file.offers, file.problems, LABELS)


def read_offers(body: Any) -> Sent:
    """The rows of a list; lines count from 1."""
    if isinstance(body, list) and len(body) > MOST_OFFERS:
        raise NotAsDescribed(f"{len(body):,} bids are too many for one call: send at most {MOST_OFFERS:,}.")
    if not isinstance(body, list):
        read_rows(OfferFields(), body)
    offers, rest = [], []
    for line, row in enumerate(body, start=1):
        try:
            offers.append(_plain(row, line))
        except _NotPlain:
            rest.append((line, row))
    good, problems = _the_long_way(rest)
    offers += [_offer(values, line) for line, values in good]
    return Sent(sorted(offers, key=lambda offer: offer.line), problems)


def _the_long_way(rest: list[tuple[int, Any]]) -> tuple[Rows, list[RowProblem]]:
    lines = [line for line, _ in rest]
    good, problems = read_rows(OfferFields(), [row for _, row in rest])
    placed = [(lines[place - 1], values) for place, values in good]
    return placed, [RowProblem(lines[p.line - 1], p.column, p.value, p.reason) for p in problems]


def _offer(values: dict[str, Any], line: int) -> Offer:
    return Offer(**values | {"windows": tuple(values["windows"]), "assets": tuple(values["assets"])}, line=line)


def _plain(row: Any, line: int) -> Offer:
    if type(row) is not dict or not (_NEEDED <= row.keys() <= _FIELDS):
        raise _NotPlain
    runtime = row.get("max_runtime_minutes")
    if runtime is not None and not (type(runtime) is int and 0 < runtime < 2**31):
        raise _NotPlain
    availability, utilisation, sustain = [_figure(row[name]) if name in row else ZERO for name in _PRICES]
    return Offer(
        competition=_text(row["competition"], 100),
        windows=_texts(row["windows"], 500, 200),
        capacity_kw=_figure(row["capacity_kw"]),
        availability_gbp_per_mw_h=availability,
        utilisation_gbp_per_mwh=utilisation,
        sustain_gbp_per_kw=sustain,
        max_runtime_minutes=runtime,
        assets=_texts(row["assets"], 5000, 60),
        seller_ref=_text(row["seller_ref"], 100) if "seller_ref" in row else "",
        line=line,
    )


def _text(value: Any, longest: int) -> str:
    if type(value) is str and 0 < len(value) <= longest and value.isprintable() and value[0] != " " != value[-1]:
        return value
    raise _NotPlain


def _texts(values: Any, most: int, longest: int) -> tuple[str, ...]:
    if type(values) is list and 0 < len(values) <= most:
        return tuple([_text(value, longest) for value in values])
    raise _NotPlain


def _figure(value: Any) -> Decimal:
    if type(value) in (str, int, float):
        text = value if type(value) is str else str(value)
        if len(text) < 14:
            return _read_figure(text)
    raise _NotPlain


@lru_cache(maxsize=4096)
def _read_figure(text: str) -> Decimal:
    if _FIGURE.fullmatch(text):
        return Decimal(text).quantize(FOUR_PLACES)
    raise _NotPlain
