"""Energy of a span: the same whatever the interval of the readings, and adding up wherever a span is cut."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from settlement.rules.energy import Meter, Piece, cut_of, pieces, span_wmin
from settlement.rules.halfhours import Watts

DAY = date(2025, 1, 6)
NEXT = DAY + timedelta(days=1)
MIDNIGHT = datetime(2025, 1, 6, tzinfo=UTC)
POWER = st.one_of(st.none(), st.integers(-(2**31) + 1, 2**31 - 1))
HALF_HOURS = st.lists(POWER, min_size=48, max_size=48)


def minutes_of(half_hours: Watts) -> list[int | None]:
    return [power for power in half_hours for _ in range(30)]


def energy_wmin(watts: Watts, first: int, end: int) -> int | None:
    found = span_wmin(Meter.of({DAY: watts}), (Piece(DAY, first, end),))
    return None if found is None else found[0]


def by_hand(watts: Watts, first: int, end: int) -> int | None:
    """Minute by minute."""
    minutes = (watts if len(watts) == 1440 else minutes_of(watts))[first:end]
    return None if None in minutes else sum(power for power in minutes if power is not None)


@st.composite
def spans(draw: st.DrawFn) -> tuple[int, int]:
    first = draw(st.integers(0, 1439))
    return first, draw(st.integers(first + 1, 1440))


@given(HALF_HOURS, spans())
def test_half_hours_and_the_same_in_minutes_are_the_same_energy(watts: list[int | None], span: tuple[int, int]) -> None:
    found = energy_wmin(watts, *span)
    assert found == energy_wmin(minutes_of(watts), *span) == by_hand(watts, *span)


@given(HALF_HOURS, spans(), st.integers(0, 1440))
def test_two_parts_of_a_span_add_up(watts: list[int | None], span: tuple[int, int], cut: int) -> None:
    first, end = span
    if first < cut < end:
        parts = [energy_wmin(watts, first, cut), energy_wmin(watts, cut, end)]
        whole = energy_wmin(watts, first, end)
        assert whole == (None if None in parts else sum(filter(None, parts)))


@given(HALF_HOURS, HALF_HOURS, st.lists(spans(), min_size=1, max_size=5))
def test_many_spans_at_once_are_each_as_alone(one: Watts, other: Watts, asked: list[tuple[int, int]]) -> None:
    """A day of half-hours beside one of minutes, and one that nobody read."""
    held = {DAY: one, NEXT: minutes_of(other)}
    cut = cut_of(*(tuple(Piece(DAY + timedelta(days=n), *span) for n in range(3)) for span in asked))
    energy, read = Meter.of(held).sums(cut)
    for row, span in enumerate(asked):
        for column, watts in enumerate(held.values()):
            told = int(energy[row, column]) if read[row, column] else None
            assert told == by_hand(watts, *span)
        assert not read[row, 2]


def test_an_hour_of_one_kilowatt() -> None:
    assert energy_wmin([1000] * 48, 17 * 60, 18 * 60) == 60_000


def test_half_a_half_hour_is_half_its_energy() -> None:
    assert energy_wmin([None, 600, *[None] * 46], 40, 55) == 9000


def test_what_was_not_read_is_not_nothing() -> None:
    assert energy_wmin([None] * 48, 0, 30) is None
    assert span_wmin(Meter.of({}), (Piece(DAY, 0, 30),)) is None
    over_midnight = pieces(MIDNIGHT + timedelta(hours=23), MIDNIGHT + timedelta(hours=25), 30)
    assert span_wmin(Meter.of({DAY: [5] * 48}), over_midnight) is None


def test_a_span_is_cut_at_the_clocks_multiples_of_the_interval() -> None:
    cut = pieces(MIDNIGHT + timedelta(minutes=970), MIDNIGHT + timedelta(minutes=1050), 30)
    assert [(piece.first, piece.end) for piece in cut] == [(970, 990), (990, 1020), (1020, 1050)]


def test_a_span_over_midnight_continues_on_the_next_day() -> None:
    cut = pieces(MIDNIGHT + timedelta(hours=23, minutes=30), MIDNIGHT + timedelta(hours=24, minutes=30), 30)
    assert [(piece.day.day, piece.first, piece.end) for piece in cut] == [(6, 1410, 1440), (7, 0, 30)]
