"""What NGED does with its competitions by API beyond publishing them: preview, approval, withdrawal."""

from typing import Any

import pytest
from django.test import Client

from markets.models import Bid, Competition, Mail, Market

from .conftest import Machine, problem_of
from .test_nged_bidding import V1, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def previews(market: Market) -> Market:
    Market.objects.filter(pk=market.pk).update(previews_first=True)
    return market


def address(market: Market, path: str = "") -> str:
    return f"{V1}/competitions/T9A-1{path}?market={market.key}"


def test_a_publication_answers_with_the_links_to_its_previews(nged: Machine, previews: Market, settings: Any) -> None:
    settings.SITE_URL = "https://flex.piclo.example"
    body = published()
    answer = nged.put(address(previews), body)
    [preview] = answer.json()["previews"]
    assert (answer.status_code, preview["reference"], preview["revision"]) == (201, "T9A-1", 1)
    assert preview["url"].startswith("https://flex.piclo.example/preview/")
    page = Client().get(preview["url"].removeprefix("https://flex.piclo.example"))
    assert "sellers don’t see this yet" in page.content.decode()
    state = nged.get(address(previews)).json()
    assert (state["status"], state["published_at"], state["preview"][:8]) == ("preview", None, "https://")
    listed = nged.post(f"{V1}/competitions/import?market={previews.key}", [body | {"reference": "T9A-1"}]).json()
    assert (listed["unchanged"], [p["reference"] for p in listed["previews"]]) == (["T9A-1"], ["T9A-1"])


def test_an_approval_by_api_lets_it_out_once(nged: Machine, previews: Market) -> None:
    body = published(name="Better spelt")
    nged.put(address(previews), published())
    nged.put(address(previews), body)
    stale = nged.post(address(previews, "/approval"), {"revision": 1})
    assert "revision 2 stands now" in problem_of(stale, 409)["detail"]
    for named in ({"revision": 2}, {"revision": 2}, {}):
        answer = nged.post(address(previews, "/approval"), named)
        assert (answer.status_code, answer.json()["status"], answer.json()["preview"]) == (200, "published", "")
    assert nged.put(address(previews), body).json()["previews"] == []


def test_a_withdrawal_tells_the_bidders_and_can_be_sent_again(nged: Machine, market: Market, bid: Bid) -> None:
    path = f"{V1}/competitions/{bid.competition.reference}/withdrawal?market={market.key}"
    assert problem_of(nged.post(path, {}), 422)["errors"][0]["column"] == "reason"
    for _ in range(2):
        answer = nged.post(path, {"reason": "The cable is mended."})
        assert (answer.status_code, answer.json()["status"]) == (200, "withdrawn")
    assert Mail.objects.filter(subject__contains="withdrew").count() == 1
    approval = nged.post(path.replace("withdrawal", "approval"), {})
    assert "is withdrawn: it can't be approved" in problem_of(approval, 422)["detail"]


def test_what_has_results_is_not_withdrawn(nged: Machine, market: Market, contract: Any) -> None:
    path = f"{V1}/competitions/{contract.bid.competition.reference}/withdrawal?market={market.key}"
    assert "has results" in problem_of(nged.post(path, {"reason": "Too late."}), 422)["detail"]


def test_all_that_a_competition_says_can_be_put_and_read_back(nged: Machine, market: Market) -> None:
    body = published(max_connection_kv="33", direction="turn_down")
    body["windows"][0]["minimum_kw"] = "10"
    assert nged.put(address(market), body).status_code == 201
    competition = Competition.objects.get()
    assert (competition.max_connection_kv, competition.windows.get().minimum_kw) == (33, 10)
    assert nged.put(address(market), body).json()["unchanged"] == ["T9A-1"]


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"max_connection_kv": "2000"}, "max_connection_kv", "less than or equal to 1000"),
        ({"max_connection_kv": "0"}, "max_connection_kv", "greater than or equal to 0.001"),
        ({"direction": "turn_up"}, "direction", "is demand turn down"),
        ({"direction": "sideways"}, "direction", "not a valid choice"),
    ],
)
def test_each_bad_value_gets_its_sentence(
    nged: Machine, market: Market, change: dict[str, str], column: str, reason: str
) -> None:
    [error] = problem_of(nged.put(address(market), published(**change)), 422)["errors"]
    assert (error["column"], reason in error["reason"]) == (column, True)


def test_a_smallest_offer_above_the_requirement_is_refused(nged: Machine, market: Market) -> None:
    body = published()
    body["windows"][0]["minimum_kw"] = "1000000"
    [error] = problem_of(nged.put(address(market), body), 422)["errors"]
    assert "between 0 and what the window requires" in error["reason"]
