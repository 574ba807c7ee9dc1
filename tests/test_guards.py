"""What the database refuses, for every noun there is: a new noun without its guard, or without its place here, fails.

The rows are bare: a table is freed of its other constraints inside a transaction that is rolled back, so that what
refuses is the guard alone and no noun needs a world of its own.
"""

from collections.abc import Callable, Iterator
from itertools import permutations
from typing import Any

import pgtrigger
import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from dispatch.models import Instruction, Trigger

pytestmark = pytest.mark.django_db
NOUNS = {
    model._meta.label: model
    for app in ("markets", "dispatch", "settlement", "sops")
    for model in apps.get_app_config(app).get_models()
}
WITH_STATES = {label for label, model in NOUNS.items() if hasattr(model, "MOVES")}

# What stands for ever once it is written, and the one field of it that is given later.
FOR_EVER: dict[str, str] = {
    "markets.Agreement": "",
    "markets.BidChange": "position",
    "markets.CompetitionRevision": "",
    "markets.Confirmation": "",
    "markets.Contract": "",
    "markets.JournalEntry": "",
    "markets.MailAttempt": "",
    "markets.MailEvent": "",
    "markets.QualificationChange": "position",
    "markets.Receipt": "",
    "dispatch.Acknowledgement": "",
    "dispatch.Reminder": "",
    "dispatch.Trigger": "",
    "settlement.AssetBaseline": "",
    "settlement.ForwardedReading": "position",
    "settlement.InvoiceLine": "",
    "settlement.ReadingDay": "",
    "settlement.Statement": "",
    "settlement.Terms": "",
}
# What people and machines may change as they need.
EDITABLE = {
    "markets.Admission",
    "markets.Auction",
    "markets.AuctionCalendar",
    "markets.BidUpload",
    "markets.Discrepancy",
    "markets.Invitation",
    "markets.MpanClash",
    "markets.PartyNote",
    "markets.Postcode",
    "markets.PreviewNote",
    "markets.SandboxFault",
    "markets.SealOpening",
    "markets.StandIn",
    "markets.Webhook",
    "markets.WebhookBookmark",
    "markets.Asset",
    "markets.AssetUpload",
    "markets.BidLine",
    "markets.DispatchContact",
    "markets.IdempotentCall",
    "markets.Market",
    "markets.Membership",
    "markets.Operator",
    "markets.Product",
    "markets.SellerIdentity",
    "markets.ServiceWindow",
    "markets.Token",
    "markets.User",
    "markets.Zone",
    "dispatch.Alias",  # only its end; see tests/dispatch/test_guards.py
    "dispatch.Notice",
    "settlement.LineQuery",  # only its answer, once
    "settlement.ReadingUpload",
    "settlement.SettlementLine",  # lines are thrown away while their run is a draft, and never edited
    "sops.Step",
    "sops.Tally",
}
OTHER_VALUES = {
    "bool": "NOT {0}",
    "bytea": "'other'",
    "date": "'2001-02-03'",
    "interval": "'1 day'",
    "jsonb": """'{{"other": 1}}'""",
    "timestamptz": "'2001-02-03'",
    "_int4": "'{{7}}'",
    "text": "'other'",
    "varchar": "'other'",
}


def execute(statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def refused(statement: str, *values: Any) -> bool:
    """Whether a trigger of the database, and nothing else, refuses the statement."""
    try:
        with transaction.atomic():
            execute(statement, *values)
    except DatabaseError as error:
        return getattr(error.__cause__, "sqlstate", "") == "P0001"  # RAISE EXCEPTION, so a trigger of ours
    return False


def state_of(model: Any) -> str:
    """The name of the field that the moves are of."""
    states = {str(state) for move in model.MOVES for state in move}
    [field] = [f.name for f in model._meta.fields if f.choices and states <= {str(key) for key, _ in f.choices}]
    return str(field)


@pytest.fixture
def bare() -> Iterator[Callable[..., str]]:
    """Makes the table of a model take any row, puts one in past its guards, and says how the table is called."""

    def make(model: type[models.Model], **values: Any) -> str:
        table = connection.ops.quote_name(model._meta.db_table)
        constraints = execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'f')", table
        )
        for [name] in constraints:
            execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for field in model._meta.local_fields:
            if not field.primary_key and not field.null and not isinstance(field, models.GeneratedField):
                execute(f'ALTER TABLE {table} ALTER COLUMN "{field.column}" DROP NOT NULL')
        execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        columns, marks = ", ".join(["id", *values]), ", ".join(["1", *["%s"] * len(values)])
        execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", *values.values())
        execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        return table

    with transaction.atomic():
        yield make
        transaction.set_rollback(True)


def test_every_noun_has_states_or_stands_for_ever_or_may_be_edited():
    assert sorted([*WITH_STATES, *FOR_EVER, *EDITABLE]) == sorted(NOUNS)


def test_whatever_calls_itself_a_state_has_its_moves():
    stateful = {label for label, model in NOUNS.items() for f in model._meta.fields if f.name == "status" and f.choices}
    assert stateful <= WITH_STATES


@pytest.mark.parametrize("label", sorted(WITH_STATES))
def test_a_state_is_reached_by_its_moves_alone(label: str, bare: Callable[..., str]):
    model: Any = NOUNS[label]
    field = state_of(model)
    moves = {(str(before), str(after)) for before, after in model.MOVES}
    states = [str(key) for key, _ in model._meta.get_field(field).choices]
    table = bare(model)
    taken = set()
    for before, after in permutations(states, 2):
        execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        execute(f"UPDATE {table} SET {field} = %s", before)
        execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        if not refused(f"UPDATE {table} SET {field} = %s", after):
            taken.add((before, after))
    assert taken == moves


@pytest.mark.parametrize("label", sorted(WITH_STATES))
def test_rows_are_born_in_the_first_state(label: str, bare: Callable[..., str]):
    model: Any = NOUNS[label]
    field = state_of(model)
    table = bare(model)
    states = [str(key) for key, _ in model._meta.get_field(field).choices]
    births = {
        state
        for number, state in enumerate([*states, "made up"], start=2)
        if not refused(f"INSERT INTO {table} (id, {field}) VALUES (%s, %s)", number, state)
    }
    assert births == {str(model._meta.get_field(field).default)}


@pytest.mark.parametrize("label", sorted(FOR_EVER))
def test_what_stands_for_ever_is_neither_edited_nor_deleted(label: str, bare: Callable[..., str]):
    model = NOUNS[label]
    table = bare(model)
    columns = execute(
        "SELECT column_name, udt_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'",
        model._meta.db_table,
    )
    edited = {
        name
        for name, kind in columns
        if not refused(f'UPDATE {table} SET "{name}" = {OTHER_VALUES.get(kind, "7").format(name)}')
    }
    assert edited == ({FOR_EVER[label]} - {""})
    assert refused(f"DELETE FROM {table}")


ONCE = sorted(label for label, later in FOR_EVER.items() if later)


@pytest.mark.parametrize("label", ONCE)
def test_a_place_in_a_feed_is_given_once(label: str, bare: Callable[..., str]):
    table = bare(NOUNS[label])
    assert not refused(f"UPDATE {table} SET position = 5")
    assert refused(f"UPDATE {table} SET position = 6")
    assert refused(f"UPDATE {table} SET position = NULL")


def test_every_place_in_a_feed_is_guarded():
    marks = {"markets.WebhookBookmark"}  # how far a webhook has told the feed
    marks |= {"markets.Agreement"}  # the signatory's in the company
    placed = {label for label, model in NOUNS.items() if "position" in {f.name for f in model._meta.local_fields}}
    assert placed - marks == {*ONCE}


def test_a_line_of_settlement_is_never_edited(bare: Callable[..., str]):
    table = bare(NOUNS["settlement.SettlementLine"])
    assert refused(f"UPDATE {table} SET utilisation_gbp = 7")


@pytest.mark.parametrize("offset", ["1 second", "-1 second"])
def test_the_clock_of_a_real_market_stands(offset: str, market: Any):
    with pgtrigger.ignore("markets.Market:mock_or_real_for_ever"):
        market.__class__.objects.update(is_mock=False)
    with pytest.raises(DatabaseError, match="only_mock_markets_move_their_clock"), transaction.atomic():
        execute("UPDATE markets_market SET clock_offset = %s::interval", offset)


def test_a_mock_market_never_becomes_real_nor_the_other_way(market: Any):
    assert refused("UPDATE markets_market SET is_mock = NOT is_mock")


def test_a_revoked_token_stays_revoked(seller_token: str):
    execute("UPDATE markets_token SET revoked_at = now()")
    assert refused("UPDATE markets_token SET revoked_at = NULL")


def test_what_a_seller_was_told_stands(market: Any):
    trigger = Trigger.objects.create(
        operator=market.operator, market=market, reference="T", kind="start", raw=b"", received_at=timezone.now()
    )
    Instruction.objects.create(trigger=trigger, market=market, kind="start", capacity_kw=50)
    assert refused("UPDATE dispatch_instruction SET capacity_kw = 1")
    assert not refused("UPDATE dispatch_instruction SET answer = 'confirmed'")
