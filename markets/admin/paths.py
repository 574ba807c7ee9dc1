"""Which comes first in a market, the instruction or its match: a setting that is changed by a button, with its reason."""

from unfold.enums import ActionVariant

from ..models import Market, User
from ..operations.markets import choose_path
from .acting import WithReason, operation

Path = Market.Path


class Paths:
    """The two buttons: each says what follows from it."""

    @operation(
        "Match first",
        consequence="From the next trigger on, a start or change whose contract is clear is told with that contract. One that "
        "is not clear is told to nobody: on-call is alarmed, and a person must decide the match within minutes. Stops, "
        "cancellations and tests still leave at once. What arrived before stays on its path.",
        form=WithReason,
        when=lambda market: market.path == Path.INSTRUCT_FIRST,
        icon="alt_route",
        variant=ActionVariant.DANGER,
    )
    def match_first(self, by: User, market: Market, reason: str) -> str:
        choose_path(market=market, path=Path.MATCH_FIRST, reason=reason, by=by)
        return f"{market} matches first from now on."

    @operation(
        "Instruct first",
        consequence="From the next trigger on every seller is told at once, before any matching; what is not clear is matched "
        "before settlement. What is held now still waits for its decision.",
        form=WithReason,
        when=lambda market: market.path == Path.MATCH_FIRST,
        icon="bolt",
        variant=ActionVariant.PRIMARY,
    )
    def instruct_first(self, by: User, market: Market, reason: str) -> str:
        choose_path(market=market, path=Path.INSTRUCT_FIRST, reason=reason, by=by)
        return f"{market} instructs first from now on."
