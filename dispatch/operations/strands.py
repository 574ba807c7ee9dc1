"""By what the mails of one call, its corrections and its end hang together."""

from datetime import datetime

from ..models import Trigger
from ..rules.changes import Order
from ..rules.strand import Strand, strand


def strand_of(trigger: Trigger, first_at: datetime, order: Order) -> Strand:
    """The strand of an order. `first_at`: when the first message of the trigger's reference came."""
    market_id, is_first = trigger.market_id, trigger.received_at == first_at
    assert market_id is not None, "what is instructed has its market"
    return strand(
        market_id=market_id, reference=trigger.reference, first_at=first_at, whom=order.whom, is_first=is_first
    )
