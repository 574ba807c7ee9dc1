"""The other pure rules of markets: MPANs, the checksum of a competition, the difference of two lists."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from markets.rules.checksum import SealedBid, completeness
from markets.rules.mpan import check_digit, mpan_problem
from markets.rules.notices import ListedContract
from markets.rules.reconciliation import differences

TWELVE = st.text("0123456789", min_size=12, max_size=12)
KW = st.decimals(Decimal("0.0001"), Decimal(10_000), places=4)
CONTRACTS = st.dictionaries(st.integers(1, 50), KW, max_size=10)


def test_two_mpans_worked_by_hand():
    """2 x 3 = 6; and ones throughout: the primes add up to 268 = 24 x 11 + 4."""
    assert mpan_problem("2000000000006") == ""
    assert mpan_problem("1111111111114") == ""


@given(twelve=TWELVE, wrong=st.integers(1, 9))
def test_only_the_right_last_digit_makes_an_mpan(twelve, wrong):
    right = check_digit(twelve)
    assert mpan_problem(f"{twelve}{right}") == ""
    assert "mistyped" in mpan_problem(f"{twelve}{(right + wrong) % 10}")


@given(st.text(max_size=20).filter(lambda text: not (text.isascii() and text.isdigit() and len(text) == 13)))
def test_what_is_no_13_digits_says_where_to_look(text):
    assert "13 digits" in mpan_problem(text)


@given(bids=st.lists(st.tuples(st.integers(1, 99), KW), unique_by=lambda bid: bid[0]), seed=st.randoms())
def test_the_checksum_does_not_depend_on_the_order_of_reading_but_on_every_digit(bids, seed):
    sealed = [SealedBid(f"B-{key}", 1, kw, Decimal(0), Decimal(5), Decimal(0)) for key, kw in bids]
    shuffled = sealed.copy()
    seed.shuffle(shuffled)
    proof = completeness(sealed)
    assert completeness(shuffled) == proof
    assert (proof.count, proof.total_kw) == (len(bids), sum((kw for _, kw in bids), Decimal(0)))
    if sealed:
        last = sealed[-1]
        altered = SealedBid(last.reference, last.revision, last.capacity_kw + Decimal("0.0001"), *[Decimal(0)] * 3)
        assert completeness([*sealed[:-1], altered]).sha256 != proof.sha256


@given(ours=CONTRACTS, theirs=CONTRACTS)
def test_differences_name_what_one_side_lacks_and_what_is_not_equal(ours, theirs):
    def listed(contracts):
        return {f"B-{key}": ListedContract(f"B-{key}", kw) for key, kw in contracts.items()}

    found = differences(list(listed(theirs).values()), listed(ours))
    lacking = {f"B-{key}" for key in ours.keys() ^ theirs.keys()}
    unequal = {f"B-{key}" for key in ours.keys() & theirs.keys() if ours[key] != theirs[key]}
    assert {d.bid for d in found if d.field == "contract"} == lacking
    assert {d.bid for d in found if d.field == "accepted_kw"} == unequal
    assert {d.bid for d in found} == lacking | unequal


def test_a_contract_that_is_listed_twice_is_a_difference():
    once = ListedContract("B-1", Decimal(5))
    [found] = differences([ListedContract("B-1", Decimal(9)), once], {"B-1": once})
    assert (found.field, found.theirs, found.ours) == ("contract", "listed 2 times", "once")
