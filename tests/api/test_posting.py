"""Calling an address that somebody else gave: within bounded time, and by no way round to where we are at home."""

from time import monotonic
from typing import Any

import pytest

from markets.operations import posting

from .integrator import dripping


def test_who_drips_its_answer_does_not_hold_up_the_calls_to_others(monkeypatch: Any) -> None:
    """Each header comes well within the time that one read may take."""
    monkeypatch.setattr(posting, "WHOLE", 0.5)
    began = monotonic()
    with dripping() as url, pytest.raises(posting.Unreached, match="TimeoutError"):
        posting.post(url=url, content=b"{}", headers={}, loopback=True)
    assert monotonic() - began < 2


@pytest.mark.parametrize("place", ["64:ff9b::a9fe:a9fe", "fec0::1", "::127.0.0.1", "2002:7f00:1::1", "ff0e::1"])
def test_no_other_spelling_of_an_inner_address_is_called(place: str) -> None:
    with pytest.raises(posting.Unreached, match="not on the open internet"):
        posting.post(url=f"https://[{place}]/", content=b"{}", headers={}, loopback=False)
