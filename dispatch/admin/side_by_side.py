"""What the page of a match shows: the instruction in the first column, the contracts beside it, best first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q

from markets.models import BidLine, Contract, JournalEntry, Market

from ..models import Match
from ..operations import Lesson, candidates_of, lessons_of
from ..rules.comparing import Fact, said
from ..rules.matching import POINTS, Judged, most_points

SHOWN = 4
DECISIONS = ("decide_match", "undo_match")


@dataclass(frozen=True)
class Column:
    """A contract beside the instruction. `score`: its points and where they come of; `choose`: the query that chooses it."""

    name: str
    key: int
    judged: Judged
    score: str
    choose: str
    is_chosen: bool


@dataclass(frozen=True)
class Row:
    """One fact: what the trigger says, and each contract's side of it, by the contract's name."""

    label: str
    asked: str
    cells: list[tuple[str, Fact]]


@dataclass(frozen=True)
class Choice:
    """The contract that the person is about to decide for, its windows, and what that would teach."""

    contract: Contract
    window_id: int | None
    lines: list[BidLine]
    lessons: list[Lesson]
    differing: tuple[str, ...]


@dataclass(frozen=True)
class Beside:
    """The whole of it. `more`: how many contracts are not shown; `problem`: why the contract asked for is not beside."""

    match: Match
    columns: list[Column]
    rows: list[Row]
    doubts: tuple[str, ...]
    learned: tuple[str, ...]
    more: int
    choice: Choice | None
    typed: Mapping[str, str]
    history: list[JournalEntry]
    raw: str
    problem: str = ""
    taught: list[Any] = field(default_factory=list)

    @property
    def can_be_decided(self) -> bool:
        return self.match.status == Match.Status.OPEN and self.match.locked_at is None


def beside(match: Match, asked: Mapping[str, str]) -> Beside:
    """`asked` is the address's query: a contract chosen by its key, or named in `other`; and what was typed before."""
    instruction = match.instruction
    wanted, problem = _wanted(instruction.market, asked)
    verdict = candidates_of(instruction, also=[wanted.pk] if wanted else [])
    first = list(verdict.ranked[:SHOWN])
    named = wanted.pk if wanted else None
    first += [judged for judged in verdict.ranked[SHOWN:] if judged.candidate.contract_id == named]
    columns = [_column(judged, judged.candidate.contract_id == named) for judged in first]
    entries = JournalEntry.objects.filter(
        subject_type="dispatch.instruction", subject_id=instruction.pk, verb__in=DECISIONS
    )
    return Beside(
        match=match,
        columns=columns,
        rows=[
            Row(label, told, [(column.name, column.judged.facts[number]) for column in columns])
            for number, (label, told) in enumerate(said(verdict.asked).values())
        ],
        doubts=verdict.asked.doubts,
        learned=verdict.asked.learned,
        more=len(verdict.ranked) - len(first),
        choice=_choice(match, wanted, asked, first) if wanted else None,
        typed=asked,
        history=list(entries.select_related("user").order_by("pk")),
        raw=bytes(instruction.trigger.raw).decode("utf-8", errors="backslashreplace"),
        problem=problem,
        taught=list(match.taught.select_related("seller", "contract", "zone", "product").order_by("pk")),
    )


def _wanted(market: Market, asked: Mapping[str, str]) -> tuple[Contract | None, str]:
    contracts = Contract.objects.filter(market=market).select_related(
        "seller", "bid__competition__zone", "bid__competition__product"
    )
    if other := asked.get("other", "").strip():
        found = contracts.filter(Q(reference__iexact=other) | Q(bid__reference__iexact=other)).first()
        return found, "" if found else f"No contract of {market} is known as '{other}'. Write it as C-17 or B-42."
    key = asked.get("contract", "")
    return (contracts.filter(pk=int(key)).first() if key.isdecimal() else None), ""


def _column(judged: Judged, is_chosen: bool) -> Column:
    candidate = judged.candidate
    agreed = [f"{fact.label.lower()} {POINTS[fact.key]}" for fact in judged.facts if fact.agrees]
    score = f"{judged.score} of {most_points(judged)} points: {', '.join(agreed) or 'nothing agrees'}"
    choose = urlencode({"contract": candidate.contract_id, "window": judged.window_id or ""})
    return Column(candidate.names[0], candidate.contract_id, judged, score, choose, is_chosen)


def _choice(match: Match, contract: Contract, asked: Mapping[str, str], judged: list[Judged]) -> Choice:
    mine = next((one for one in judged if one.candidate.contract_id == contract.pk), None)
    typed = asked.get("window", "")
    window_id = int(typed) if typed.isdecimal() else mine.window_id if mine else None
    return Choice(
        contract=contract,
        window_id=window_id,
        lines=list(contract.bid.lines.select_related("window").order_by("pk")),
        lessons=lessons_of(instruction=match.instruction, contract=contract),
        differing=mine.discrepancies if mine else (),
    )
