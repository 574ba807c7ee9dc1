"""Which contract an instruction belongs to: each candidate is judged, and what does not agree is said in sentences. Pure.

A contract matches by itself only where nothing at all disagrees and no other contract fits as well. The score merely
puts the candidates in order for the person who decides the rest.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .comparing import Asked, Candidate, Compared, Fact, compared, same

POINTS = {"contract": 32, "seller": 16, "zone": 8, "window": 4, "product": 2, "called": 1, "capacity": 1, "assets": 1}
"""What agreement in each fact counts: the name of the contract more than all that a neighbour may share with it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate with its facts, its score, the window it would be delivered in, and what does not agree.

    `remarks` are for a person to know; they do not stand against the match.
    """

    candidate: Candidate
    facts: tuple[Fact, ...]
    score: int
    window_id: int | None
    discrepancies: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`chosen` only where it is clear; else `discrepancies` say what a person has to solve. `ranked`: best first."""

    asked: Asked
    chosen: Judged | None
    ranked: tuple[Judged, ...]
    discrepancies: tuple[str, ...]
    remarks: tuple[str, ...] = ()


def judge(asked: Asked, candidates: Iterable[Candidate]) -> Verdict:
    """Matches an instruction with one of the contracts, or says why not. The order of the candidates means nothing."""
    ranked = tuple(sorted((_judged(asked, candidate) for candidate in candidates), key=_order))
    clear = [judged for judged in ranked if not judged.discrepancies]
    if len(clear) == 1 and not asked.doubts:
        return Verdict(asked, clear[0], ranked, (), (*asked.learned, *clear[0].remarks))
    return Verdict(asked, None, ranked, tuple(_unsolved(asked, ranked, clear)), asked.learned)


def most_points(judged: Judged) -> int:
    """What the candidate would score if it agreed in everything that the trigger says."""
    return sum(POINTS[fact.key] for fact in judged.facts if fact.agrees is not None)


def _order(judged: Judged) -> tuple[bool, int, int, int]:
    return (bool(judged.discrepancies), -judged.score, len(judged.discrepancies), judged.candidate.contract_id)


def _judged(asked: Asked, candidate: Candidate) -> Judged:
    found: Compared = compared(asked, candidate)
    score = sum(POINTS[fact.key] for fact in found.facts if fact.agrees)
    differing = tuple(fact.sentence for fact in found.facts if fact.agrees is False)
    return Judged(candidate, found.facts, score, found.window_id, differing, found.remarks)


def _unsolved(asked: Asked, ranked: Sequence[Judged], clear: Sequence[Judged]) -> Iterator[str]:
    yield from asked.doubts
    if len(clear) > 1:
        names = ", ".join(judged.candidate.names[0] for judged in clear)
        yield f"More than one contract agrees with it in everything: {names}."
        return
    contract = asked.meant("contract")
    if contract and not any(same(contract, judged.candidate.names) for judged in ranked):
        yield f"No contract of this market is known as {asked.contract_named}."
    if not ranked:
        where = f" in zone {asked.zone}" if asked.zone else ""
        yield f"No contract of {asked.seller_named or 'a seller that is not named'} was found{where}."
        return
    yield from ranked[0].discrepancies
