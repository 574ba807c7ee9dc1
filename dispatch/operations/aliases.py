"""What later triggers learn from a person's decision: taught with it, ended with it, corrected and ended on its own page."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from markets.models import Contract, Market, Product, Seller, SellerIdentity, User, Zone
from markets.operations.journal import record
from markets.problems import Refused
from markets.rules.words import day

from ..models import Alias, Instruction, Match
from ..rules.aliases import LABELS, OF_SELLERS, Learned, words_of

type Meaning = Seller | Contract | Zone | Product
FIELD_OF = {"company": "seller", "account": "seller", "contract": "contract", "zone": "zone", "product": "product"}
"""Which field of an alias holds what a word of a kind means."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a decision would teach: from now on this word of the operator means this. `why_not`: why it is not taught."""

    kind: str
    word: str
    meaning: Meaning
    why_not: str = ""

    def __str__(self) -> str:
        return f"The {LABELS[self.kind]} '{self.word}' means {self.meaning}"


def words_in(instruction: Instruction) -> dict[str, str]:
    """The operator's words of an instruction, by kind."""
    return words_of(
        seller_named=instruction.seller_named,
        contract=instruction.contract_named,
        zone=instruction.zone_named,
        product=instruction.product_named,
        calls=instruction.trigger.content.get("calls", ()),
    )


def lessons_of(*, instruction: Instruction, contract: Contract) -> list[Lesson]:
    """What a decision for this contract could teach: words of the instruction that we do not know.

    A word that names something else of ours is listed with `why_not`: to learn it would send its instructions astray.
    """
    competition = contract.bid.competition
    meanings: dict[str, Meaning] = {
        "company": contract.seller,
        "account": contract.seller,
        "contract": contract,
        "zone": competition.zone,
        "product": competition.product,
    }
    found = []
    for kind, word in words_in(instruction).items():
        known = _named(instruction.market, kind, word)
        if known == meanings[kind]:
            continue
        why_not = f"It is the name of {known} already." if known else ""
        found.append(Lesson(kind, word, meanings[kind], why_not))
    return found


def learn(*, match: Match, contract: Contract, kinds: Collection[str] | None, by: User) -> list[Alias]:
    """Keeps what a decision teaches, of these kinds (None: all that can be), inside the decision's transaction."""
    market = match.instruction.market
    taught = []
    for lesson in lessons_of(instruction=match.instruction, contract=contract):
        if lesson.why_not or (kinds is not None and lesson.kind not in kinds):
            continue
        taught.append(_teach(market, lesson.kind, lesson.word, lesson.meaning, match, by))
    return [alias for alias in taught if alias is not None]


@transaction.atomic
def end_alias(*, alias: Alias, reason: str, by: User) -> Alias:
    """From now on the word means nothing again; what was matched by it stays. Raises Refused without a reason, or twice."""
    alias = Alias.objects.select_for_update(of=("self",)).get(pk=alias.pk)
    if alias.ended_at is not None:
        raise Refused(f"{alias.reference} was ended on {day(alias.ended_at)} by {alias.ended_by}.")
    if not reason.strip():
        raise Refused("Say why the word does not mean this any more.")
    end_all(Alias.objects.filter(pk=alias.pk), reason=reason, by=by)
    alias.refresh_from_db()
    record(by=by, verb="end_alias", subject=alias, reason=reason)
    return alias


@transaction.atomic
def correct_alias(*, alias: Alias, meaning: Meaning, reason: str, by: User) -> Alias:
    """The word means something else: the alias ends, and another one of the same decision takes its place.

    Raises Refused where the meaning is of another kind or operator, or where the word is a name of its own by now.
    """
    ended = end_alias(alias=alias, reason=reason, by=by)
    market = ended.learned_from.instruction.market
    owner = meaning.market.operator_id if isinstance(meaning, Contract) else getattr(meaning, "operator_id", None)
    if FIELD_OF[ended.kind] != meaning._meta.model_name or owner not in (None, ended.operator_id):
        raise Refused(f"{meaning} is no {FIELD_OF[ended.kind]} of {ended.operator}.")
    known = _named(market, ended.kind, ended.word)
    if known is not None and known != meaning:
        raise Refused(f"'{ended.word}' is the name of {known} already.")
    corrected = _teach(market, ended.kind, ended.word, meaning, ended.learned_from, by)
    if corrected is None:
        raise Refused(f"'{ended.word}' is known as {meaning} already: end this alias instead.")
    record(by=by, verb="correct_alias", subject=corrected, reason=reason, before=ended.reference)
    return corrected


def meaning_called(*, alias: Alias, name: str) -> Meaning:
    """What a person may name instead of what the alias means: ours, of the same kind. Raises Refused where there is none."""
    market, name = alias.learned_from.instruction.market, name.strip()
    found = _named(market, "company" if alias.kind == Alias.Kind.ACCOUNT else alias.kind, name)
    if found is None:
        raise Refused(f"We have no {FIELD_OF[alias.kind]} called '{name}'. Look it up and write it as it stands there.")
    return found


def end_all(aliases: QuerySet[Alias], *, reason: str, by: User) -> list[str]:
    """Ends those that stand; returns their references. The caller journals."""
    standing = list(aliases.filter(ended_at=None).values_list("pk", "reference"))
    Alias.objects.filter(pk__in=[pk for pk, _ in standing]).update(
        ended_at=timezone.now(), ended_by=by, end_reason=reason[:500]
    )
    return [reference for _, reference in standing]


def learned_words(*, market: Market, words: Collection[str]) -> list[Learned]:
    """What was learned of these words and counts in the market. One query."""
    standing = (
        Alias.objects.standing()
        .filter(operator=market.operator_id, is_mock=market.is_mock)
        .filter(Q(contract=None) | Q(contract__market=market))
        .annotate(lower=Lower("word"), clashes=_clashes(market))
        .filter(lower__in={word.lower() for word in words})
        .select_related("seller", "contract", "zone", "product", "learned_by", "learned_from__instruction")
    )
    return [_learned(alias) for alias in standing]


def _clashes(market: Market) -> Q:
    """Whether the word of an alias is, by now, a name of something else than what it means."""
    word, others = OuterRef("word"), {"operator": OuterRef("operator")}
    named = Q(reference__iexact=word) | Q(bid__reference__iexact=word)
    called = Q(name__iexact=word) | Q(key__iexact=word)
    identities = SellerIdentity.objects.filter(kind=OuterRef("kind"), name__iexact=word, **others)
    sellers = Seller.objects.filter(name__iexact=word)
    contracts = Contract.objects.filter(named, market=market)
    zones, products = Zone.objects.filter(code__iexact=word, **others), Product.objects.filter(called, **others)
    return (
        Q(Exists(identities.exclude(seller=OuterRef("seller"))), kind__in=OF_SELLERS)
        | Q(Exists(sellers.exclude(pk=OuterRef("seller"))), kind="company")
        | Q(Exists(contracts.exclude(pk=OuterRef("contract"))), kind="contract")
        | Q(Exists(zones.exclude(pk=OuterRef("zone"))), kind="zone")
        | Q(Exists(products.exclude(pk=OuterRef("product"))), kind="product")
    )


def _learned(alias: Alias) -> Learned:
    decided = f"{alias.learned_by} decided so for {alias.learned_from.instruction} on {day(alias.learned_at)}"
    clashes: bool = getattr(alias, "clashes")  # noqa: B009 - annotated
    return Learned(alias.reference, alias.kind, alias.word, str(alias.meaning), alias.meaning.pk, decided, clashes)


def _teach(market: Market, kind: str, word: str, meaning: Meaning, match: Match, by: User) -> Alias | None:
    """None where the same is learned already."""
    said = {"operator_id": market.operator_id, "is_mock": market.is_mock, "kind": kind, FIELD_OF[kind]: meaning}
    if Alias.objects.standing().filter(word__iexact=word, **said).exists():
        return None
    return Alias.objects.create(word=word, learned_from=match, learned_by=by, **said)


def _named(market: Market, kind: str, word: str) -> Meaning | None:
    operator = market.operator_id
    if kind in OF_SELLERS:
        identity = SellerIdentity.objects.filter(operator=operator, kind=kind, name__iexact=word).first()
        own = Seller.objects.filter(name__iexact=word).first() if kind == "company" else None
        return identity.seller if identity else own
    if kind == "contract":
        named = Q(reference__iexact=word) | Q(bid__reference__iexact=word)
        return Contract.objects.filter(named, market=market).first()
    if kind == "zone":
        return Zone.objects.filter(operator=operator, code__iexact=word).first()
    return Product.objects.filter(Q(name__iexact=word) | Q(key__iexact=word), operator=operator).first()
