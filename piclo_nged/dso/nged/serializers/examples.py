"""One fair request per call, for the browsable documents. The numbers are made up; the tests send them.

Where a call takes a list, this is its one row: the documents put it in a list.
"""

from typing import Any

from drf_spectacular.utils import OpenApiExample


def _sent(name: str, body: Any) -> OpenApiExample:
    return OpenApiExample(name, body, request_only=True, media_type="application/json")


_COMPETITION = {
    "name": "Winter evenings",
    "product": "Dynamic",
    "zone": "CMZ_T9A_EM_0001",
    "zone_name": "Testbridge",
    "opens_at": "2027-02-01T00:00:00Z",
    "closes_at": "2027-03-01T00:00:00Z",
    "first_day": "2027-04-01",
    "last_day": "2027-04-30",
    "required_kw": "135.0",
    "availability_ceiling_gbp_per_mw_h": "8",
    "utilisation_ceiling_gbp_per_mwh": "488",
    "windows": [
        {
            "name": "April 2027",
            "first_day": "2027-04-01",
            "last_day": "2027-04-30",
            "weekdays": [1, 2, 3, 4, 5],
            "local_start": "16:00",
            "local_end": "20:00",
            "required_kw": "135.0",
        }
    ],
}
_AWARD = {
    "bid": "B-12",
    "accepted_kw": "1.37",
    "availability_gbp_per_mw_h": "5",
    "utilisation_gbp_per_mwh": "300",
}
_CALL = {
    "company": "Example Flex Ltd",
    "contract": "B-12",
    "capacity_kw": "1.37",
    "starts_at": "2027-04-08T15:15:00Z",
    "ends_at": "2027-04-08T17:15:00Z",
}

COMPETITION = _sent("A competition with one window", _COMPETITION)
LISTED_COMPETITION = _sent("A list of one competition", {"reference": "T9A-0001-2027", **_COMPETITION})
APPROVAL = _sent("What was looked at", {"revision": 1})
WITHDRAWAL = _sent("With its reason", {"reason": "The reinforcement is done earlier than planned."})
DECISION = _sent("One refused", {"asset": 18, "status": "refused", "reason": "Not fed by this substation."})
RECEIPT = _sent("One receipt", {"bid": "B-12", "revision": 1})
RESULTS = _sent(
    "Accepted, rejected, and a window without response",
    {
        "results": [
            {**_AWARD, "accepted": True},
            {"bid": "B-13", "accepted": False, "reason": "Above the requirement."},
        ],
        "no_responses": [{"competition": "T9A-0001-2027", "window": "April 2027"}],
    },
)
CONTRACT = _sent("A list of one contract", _AWARD)
TRIGGER = _sent(
    "Start",
    {
        "market": "nged-long-term",
        "reference": "TR-1",
        "revision": 1,
        "kind": "start",
        "product": "Dynamic",
        "zone": "CMZ_T9A_EM_0001",
        "issued_at": "2027-04-08T15:00:00Z",
        "calls": [_CALL],
    },
)
INVOICE_LINE = _sent(
    "One line",
    {
        "reference": "INV-2027-04-1",
        "month": "2027-04",
        "contract": "B-12",
        "amount_gbp": "41.10",
        "delivered_kwh": "137",
        "metered_kwh": "-20.5",
        "baseline_kwh": "-157.5",
        "price_gbp_per_mwh": "300",
    },
)
CLOCK = _sent("To gate closure", {"market": "nged-sandbox", "forward_to": "2027-03-01T00:00:00Z"})
FAULT = _sent("The next page of bids repeats entries", {"kind": "double", "call": "bids"})
WEBHOOK = _sent("All events", {"url": "https://flex.example/piclo"})
