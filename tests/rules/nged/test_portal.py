"""The client of the data portal against a CKAN over real HTTP that does what the real one does."""

import csv
from collections.abc import Iterator

import pytest

from markets.problems import Refused
from piclo_nged.dso.nged.portal import Portal, PortalDenied, PortalFailed, PortalNotSetUp, portal
from piclo_nged.dso.nged.wire import read_file

from .conftest import FileOf
from .fake_portal import FRONT, RESOURCE, TOKEN, FakePortal, hang_up

PACKAGE = "/api/3/action/package_show"
FILE = "/files/1.csv"


@pytest.fixture
def latin(summary_of: FileOf) -> bytes:
    """A results file in latin-1, as some of the portal's are."""
    return summary_of({"company": "Caffè Énergie £ Ltd"}).encode("latin-1")


@pytest.fixture
def fake(latin: bytes) -> Iterator[FakePortal]:
    with FakePortal(latin) as running:
        yield running


@pytest.fixture
def waited() -> list[float]:
    return []


@pytest.fixture
def client(fake: FakePortal, waited: list[float]) -> Portal:
    return Portal(f"{fake.url}/", TOKEN, wait=waited.append)


def test_a_dataset_of_one_file_is_read_whatever_its_encoding(client: Portal, fake: FakePortal, latin: bytes) -> None:
    content, name = client.results_file("results")
    assert (content, name) == (latin, "Trade Results Summary")
    [competition] = read_file(content).refuse_errors().season.competitions
    assert [offer.company for offer in competition.offers] == ["Caffè Énergie £ Ltd"]
    assert fake.paths() == [PACKAGE, FILE]


def test_a_files_address_keeps_what_stands_behind_its_question_mark(client: Portal, fake: FakePortal) -> None:
    resource = client.resource("results")
    client.download(type(resource)(resource.id, "Signed", "CSV", f"{fake.url}/files/1.csv?signature=a%2Fb"))
    assert fake.asked[-1][:2] == ("/files/1.csv", {"signature": "a/b"})


def test_the_token_is_raw(client: Portal, fake: FakePortal) -> None:
    client.results_file("results")
    assert {token for _, _, token in fake.asked} == {TOKEN}


def test_the_token_goes_to_the_portal_alone(fake: FakePortal, latin: bytes) -> None:
    with FakePortal(latin) as elsewhere:
        here = Portal(elsewhere.url, TOKEN, wait=lambda seconds: None)
        resource = here.resource("results")
        with pytest.raises(PortalDenied):
            here.download(type(resource)(resource.id, "Elsewhere", "CSV", f"{fake.url}/files/1.csv"))
    assert [token for _, _, token in fake.asked] == [""]


@pytest.mark.parametrize(
    "address",
    [
        "results",
        " results ",
        "https://portal.example/dataset/results",
        f"https://portal.example/dataset/results/resource/{RESOURCE}1",
        f"https://portal.example/dataset/many/resource/{RESOURCE}2?inner_span=True",
        f"{RESOURCE}1",
        f"{RESOURCE}1".upper(),
    ],
)
def test_what_a_person_copies_from_the_browser_is_understood(address: str, client: Portal, latin: bytes) -> None:
    assert client.results_file(address)[0] == latin


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("many", f"has 2 CSV files.*Winter: .*/dataset/many/resource/{RESOURCE}2; Summer"),
        ("nowhere", "The data portal has no nowhere .*Copy the address"),
        (f"https://portal.example/dataset/results/resource/{RESOURCE}7", "has no such CSV file"),
        ("my file.csv", "'my file.csv' is no dataset. Copy the address of its page"),
    ],
)
def test_what_cannot_be_meant_is_said(address: str, words: str, client: Portal) -> None:
    with pytest.raises(Refused, match=words):
        client.results_file(address)


@pytest.mark.parametrize("token", ["", "an-old-token"])
def test_a_denial_with_status_200_is_a_denial(token: str, fake: FakePortal, waited: list[float]) -> None:
    with pytest.raises(PortalDenied, match=r"Access denied.*NGED_PORTAL_TOKEN.*'A file of mine'"):
        Portal(fake.url, token, wait=waited.append).results_file("results")
    assert (len(fake.asked), waited) == (1, [])


def test_a_403_of_ckan_itself_is_a_denial_and_not_tried_again(client: Portal, waited: list[float]) -> None:
    with pytest.raises(PortalDenied, match="not authorized to read package"):
        client.results_file("closed")
    assert waited == []


def test_a_page_in_place_of_a_file_is_a_denial(client: Portal) -> None:
    with pytest.raises(PortalDenied, match="a web page came in place of the file"):
        client.results_file("behind-a-login")


@pytest.mark.parametrize(
    ("path", "failure"),
    [
        (PACKAGE, FRONT),
        (FILE, FRONT),
        (FILE, hang_up),
        (PACKAGE, (502, "text/html", b"Bad gateway")),
        (PACKAGE, (429, "text/plain", b"Slow down")),
        (PACKAGE, (500, "application/json", b'{"success": false, "error": {"message": "oops"}}')),
    ],
)
def test_what_passes_is_tried_again_after_a_pause(
    path: str, failure: object, client: Portal, fake: FakePortal, waited: list[float], latin: bytes
) -> None:
    fake.fails_first[path] = [failure, failure]
    assert client.results_file("results")[0] == latin
    assert waited == [1.0, 3.0]


def test_the_front_that_does_not_give_way_is_told_after_four_tries(
    client: Portal, fake: FakePortal, waited: list[float]
) -> None:
    fake.fails_first[PACKAGE] = [FRONT] * 9
    with pytest.raises(PortalFailed, match=r"answer 403.*Try again in some minutes.*by hand"):
        client.results_file("results")
    assert (len(fake.asked), waited) == (4, [1.0, 3.0, 6.0])


def test_what_stays_wrong_is_not_tried_again(client: Portal, fake: FakePortal, waited: list[float]) -> None:
    fake.fails_first[FILE] = [(410, "text/html", b"Gone")]
    with pytest.raises(PortalFailed, match="answer 410"):
        client.results_file("results")
    assert waited == []


def test_nobody_there_is_told(waited: list[float]) -> None:
    with pytest.raises(PortalFailed, match="no answer"):
        Portal("http://127.0.0.1:9", TOKEN, wait=waited.append).results_file("results")
    assert len(waited) == 3


def test_an_answer_that_is_none_of_ckans_is_told(client: Portal, fake: FakePortal) -> None:
    fake.fails_first[PACKAGE] = [(200, "text/html", b"<html>Maintenance</html>")]
    with pytest.raises(PortalFailed, match="no answer of CKAN's"):
        client.results_file("results")


def test_a_table_without_a_file_is_read_page_by_page(summary_of: FileOf) -> None:
    rows: list[dict[str, str | None]] = [*csv.DictReader(summary_of({}, {}, {}).splitlines())]
    for row, company in zip(rows, ("A", "B", None), strict=True):  # None: as CKAN gives an empty cell
        row["Company Name"] = company
    with FakePortal(b"", rows) as fake:
        content, _ = Portal(fake.url, TOKEN, wait=lambda seconds: None).results_file("table")
    assert [row["Company Name"] for row in csv.DictReader(content.decode().splitlines())] == ["A", "B", ""]
    asked = [query for path, query, _ in fake.asked if path.endswith("datastore_search")]
    assert [(query["offset"], query["sort"]) for query in asked] == [("0", "_id"), ("2", "_id"), ("3", "_id")]


def test_without_settings_it_says_how_to_set_it_up(settings: object) -> None:
    settings.NGED_PORTAL_URL = ""  # type: ignore[attr-defined]
    with pytest.raises(PortalNotSetUp, match=r"NGED_PORTAL_URL.*NGED_PORTAL_TOKEN.*by hand"):
        portal()
