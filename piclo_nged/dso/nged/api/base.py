"""What NGED's addresses share: whose they are."""

from markets.rest.endpoints import OperatorEndpoint

TAG_PREFIX = "NGED: "


class NgedEndpoint(OperatorEndpoint):
    """An address for NGED's tokens."""

    operator_key = "nged"
