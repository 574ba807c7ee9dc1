"""The field's nouns as an NGED file tells them: competitions with their windows, ceilings and offers.

Frozen and pure. Capacities are Decimal kW to 4 places, prices Decimal to 4 places, where zero means "this
product has no such price". Times of windows are London wall clock; instants end in `_at` and are UTC.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

from piclo_nged.dso.nged.products import Direction

ZERO = Decimal(0)
_SHORT_DAYS = ("", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Outcome(StrEnum):
    """What NGED decided about an offer, in its words."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    NO_RESPONSE = "No response received"


@dataclass(frozen=True, slots=True)
class Prices:
    """A triple of prices: asked, awarded, or the ceiling."""

    availability_gbp_per_mw_h: Decimal = ZERO
    utilisation_gbp_per_mwh: Decimal = ZERO
    sustain_gbp_per_kw: Decimal = ZERO

    def __iter__(self) -> Iterator[Decimal]:
        return (getattr(self, field.name) for field in fields(self))


NO_PRICES = Prices()


@dataclass(frozen=True, slots=True)
class Window:
    """Days and hours in which a competition asks for delivery. Both days are included."""

    name: str
    first_day: date
    last_day: date
    weekdays: tuple[int, ...]  # ISO: Monday is 1
    start_time: time
    end_time: time  # not included; at or before the start it is the next day's
    required_kw: Decimal
    minimum_kw: Decimal = ZERO

    @property
    def start_minute(self) -> int:
        """Minutes from midnight to the start."""
        return self.start_time.hour * 60 + self.start_time.minute

    @property
    def end_minute(self) -> int:
        """Minutes from the midnight before the start to the end."""
        minute = self.end_time.hour * 60 + self.end_time.minute
        return minute if minute > self.start_minute else minute + 24 * 60

    @property
    def label(self) -> str:
        """Unique in its competition, unlike the name: `April 2024 Mon-Fri 08:00-19:00`."""
        runs: list[tuple[int, int]] = []
        for day in self.weekdays:
            if runs and runs[-1][1] == day - 1:
                runs[-1] = runs[-1][0], day
            else:
                runs.append((day, day))
        days = " ".join("-".join(_SHORT_DAYS[day] for day in dict.fromkeys(run)) for run in runs)
        return f"{self.name} {days} {self.start_time:%H:%M}-{self.end_time:%H:%M}"


@dataclass(frozen=True, slots=True)
class Technology:
    """The part of an offer that one kind of asset stands behind."""

    name: str
    assets: int
    installed_kw: Decimal


@dataclass(frozen=True, slots=True)
class Offer:
    """What one company offered in one competition, and what NGED decided. `lines` are those in the file."""

    reference: str
    company: str
    windows: tuple[Window, ...]
    capacity_kw: Decimal
    prices: Prices
    outcome: Outcome
    accepted_kw: Decimal
    awarded: Prices
    technologies: tuple[Technology, ...]
    for_restore: bool
    restore_price_gbp_per_mwh: Decimal
    lines: tuple[int, ...]

    @property
    def assets(self) -> int:
        """Number of assets behind the offer."""
        return sum(technology.assets for technology in self.technologies)


@dataclass(frozen=True, slots=True)
class Competition:
    """One competition: NGED's trade opportunity over one delivery period. Both days are included."""

    reference: str
    zone: str
    product: str  # as NGED writes it; `products.product_called` knows the spellings
    name: str
    first_day: date
    last_day: date
    opens_at: datetime
    closes_at: datetime
    ceiling: Prices
    windows: tuple[Window, ...]
    offers: tuple[Offer, ...] = ()
    unanswered: tuple[Window, ...] = ()  # NGED's "No response received": nobody bid in these
    direction: Direction | None = None  # None where the file does not say: then the product's
    zone_name: str = ""
    max_connection_kv: Decimal | None = None  # None: the file sets no limit

    @property
    def peak_required_kw(self) -> Decimal:
        """The largest requirement of any window."""
        return max(window.required_kw for window in self.windows)

    @property
    def opportunity(self) -> tuple[str, str, str, datetime, datetime]:
        """What is auctioned together: competitions of one name that are open at the same time."""
        return self.zone, self.product, self.name, self.opens_at, self.closes_at


class Fate(StrEnum):
    """What became of a row of the file."""

    OFFER = "offer"
    NO_RESPONSE = "no response"
    REQUIREMENT = "requirement"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class RowAccount:
    """Where one row went. `offer` is the reference of its offer, `reason` says why a row was skipped."""

    line: int
    fate: Fate
    competition: str
    offer: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Season:
    """All competitions of one file, in the order of the file, and an account of every good row."""

    competitions: tuple[Competition, ...]
    accounts: tuple[RowAccount, ...] = ()

    @property
    def offers(self) -> Iterator[Offer]:
        """All offers, in the order of their competitions."""
        return (offer for competition in self.competitions for offer in competition.offers)

    @property
    def skipped(self) -> tuple[RowAccount, ...]:
        """The rows that no bid can be made of, each with its reason."""
        return tuple(account for account in self.accounts if account.fate is Fate.SKIPPED)
