"""Reading a trigger out of a JSON-like mapping: every fault is named at once, each by the sender's own field name. Pure.

Strict on purpose: a field we do not know may be the end of the call under another name, and a wrong instruction is
worse than an alarm. What identifies the seller is never required: an instruction must get through without it.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from .notice import FOUR_PLACES, KINDS, NEEDS_TERMS, Call, Fault, TriggerNotice, Unreadable

HEAD = ("market", "reference", "revision", "kind", "product", "zone", "issued_at", "calls")
CALL = ("seller", "account", "contract", "asset", "capacity_kw", "starts_at", "ends_at")
MOST_CHARACTERS = {
    "market": 50,
    "reference": 100,
    "product": 100,
    "zone": 100,
    "seller": 200,
    "account": 100,
    "contract": 100,
    "asset": 100,
}
MOST_KW = Decimal(10) ** 10
MOST_REVISIONS = 2**31 - 1
YEARS = range(2000, 2101)


def read_notice(fields: Mapping[str, Any], *, called: Mapping[str, str] | None = None) -> TriggerNotice:
    """The notice in `fields`. `called` says how the sender calls our fields, e.g. {"seller": "company"}.

    Raises Unreadable with every fault, and with what could be read none the less.
    """
    faults: list[Fault] = []
    head = _Fields(fields, "", HEAD, called or {}, faults)
    market, reference = head.text("market", required=True), head.text("reference", required=True)
    kind = head.choice("kind", KINDS)
    needs_terms = kind in NEEDS_TERMS
    notice = TriggerNotice(
        reference=reference,
        revision=head.revision(),
        kind=kind,
        market=market,
        product=head.text("product", required=needs_terms),
        zone=head.text("zone", required=needs_terms),
        issued_at=head.instant("issued_at", required=True) or datetime.min,
        calls=tuple(_read_call(entry, needs_terms) for entry in head.entries("calls", CALL)),
    )
    head.refuse_repeats("calls", notice.calls)
    if faults:
        read = {"market": market, "reference": reference, "kind": kind}
        raise Unreadable(faults, {name: value for name, value in read.items() if value})
    return notice


def _read_call(entry: "_Fields", needs_terms: bool) -> Call:
    starts_at = entry.instant("starts_at", required=needs_terms)
    ends_at = entry.instant("ends_at")
    if starts_at and ends_at and starts_at >= ends_at:
        entry.refuse("ends_at", ends_at.isoformat(), "The call must end after it starts.")
    return Call(
        seller=entry.text("seller"),
        account=entry.text("account"),
        contract=entry.text("contract"),
        asset=entry.name_or_number("asset"),
        capacity_kw=entry.capacity_kw(required=needs_terms),
        starts_at=starts_at,
        ends_at=ends_at,
    )


class _Fields:
    """One object of the message, read field by field; what is wrong is added to the list that all objects share."""

    def __init__(
        self,
        fields: Mapping[str, Any],
        place: str,
        known: Sequence[str],
        called: Mapping[str, str],
        faults: list[Fault],
    ):
        self.fields, self.place, self.called, self.faults = fields, place, called, faults
        names = [self.name(field) for field in known]
        for name in fields:
            if name not in names:
                self.faults.append(Fault(place + _shown(name), _shown(fields[name]), _why_unknown(name, names)))

    def name(self, field: str) -> str:
        return self.called.get(field, field)

    def refuse(self, field: str, value: Any, reason: str) -> None:
        self.faults.append(Fault(self.place + self.name(field), _shown(value), reason))

    def value(self, field: str, required: bool) -> Any:
        value = self.fields.get(self.name(field))
        if required and (value is None or value == ""):
            self.refuse(field, "", "This field is missing.")
        return None if value == "" else value

    def text(self, field: str, required: bool = False) -> str:
        value = self.value(field, required)
        if value is None:
            return ""
        if not isinstance(value, str) or not value.isprintable():
            self.refuse(field, value, "Send a text of printable characters, in one line.")
        elif len(value.strip()) > MOST_CHARACTERS[field]:
            self.refuse(field, value, f"Send at most {MOST_CHARACTERS[field]} characters.")
        elif required and not value.strip():
            self.refuse(field, value, "This field is missing.")
        else:
            return value.strip()
        return ""

    def name_or_number(self, field: str) -> str:
        value = self.value(field, required=False)
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else self.text(field)

    def choice(self, field: str, choices: Sequence[str]) -> str:
        value = self.value(field, required=True)
        if value is None or value in choices:
            return value or ""
        self.refuse(field, value, f"Send one of {', '.join(choices)}.")
        return ""

    def revision(self) -> int:
        value = self.value("revision", required=False)
        if value is None:
            return 1
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_REVISIONS:
            self.refuse("revision", value, "Send a whole number: 1 for the first message, then 2, 3 ...")
            return 1
        return value

    def capacity_kw(self, required: bool) -> Decimal | None:
        value = self.value("capacity_kw", required)
        if value is None:
            return None
        try:
            capacity = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
        except InvalidOperation:
            capacity = Decimal("NaN")
        if not capacity.is_finite() or not 0 <= capacity < MOST_KW:
            self.refuse("capacity_kw", value, "Send the capacity in kW, as a number of 0 or more without its unit.")
            return None
        return capacity.quantize(FOUR_PLACES)

    def instant(self, field: str, required: bool = False) -> datetime | None:
        value = self.value(field, required)
        if value is None:
            return None
        try:
            at = datetime.fromisoformat(value)
        except (ValueError, TypeError):
            self.refuse(field, value, "Send a date and time such as 2026-11-03T17:00:00Z.")
            return None
        if at.tzinfo is None:
            self.refuse(field, value, "Say the zone of this time: Z for UTC, or an offset such as +01:00.")
            return None
        if at.year not in YEARS:
            self.refuse(field, value, f"Send a date from {YEARS[0]} to {YEARS[-1]}.")
            return None
        return at.astimezone(UTC)

    def entries(self, field: str, known: Sequence[str]) -> list["_Fields"]:
        value = self.value(field, required=True)
        if value is None:
            return []
        if not isinstance(value, list) or not value:
            self.refuse(field, value, "Send a list of at least one call.")
            return []
        found = []
        for number, entry in enumerate(value):
            place = f"{self.place}{self.name(field)}[{number}]"
            if isinstance(entry, Mapping):
                found.append(_Fields(entry, f"{place}.", known, self.called, self.faults))
            else:
                self.faults.append(Fault(place, _shown(entry), "Send an object with the fields of a call."))
        return found

    def refuse_repeats(self, field: str, calls: Sequence[Call]) -> None:
        """Two calls that say the same: one asked twice, or another seller's left out? The sender must say."""
        first: dict[Call, int] = {}
        for number, call in enumerate(calls):
            if first.setdefault(call, number) != number and not self.faults:
                place = f"{self.place}{self.name(field)}[{number}]"
                self.faults.append(Fault(place, call.named, f"This call says the same as call {first[call]}."))


def _why_unknown(name: str, names: Sequence[str]) -> str:
    if name.startswith("capacity") and "capacity_kw" in names:
        return "Send the capacity in kW, as 'capacity_kw'."
    return f"We do not know this field. Known are {', '.join(names)}."


def _shown(value: Any) -> str:
    """A value as a person may see it and a database may keep it."""
    text = value if isinstance(value, str) else repr(value)
    return (text if text.isprintable() else ascii(text))[:100]
