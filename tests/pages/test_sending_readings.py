"""Readings by file: shown how they are read, corrected where that is wrong, and only then stored."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from markets.models import Asset, User
from settlement.models import ReadingDay, ReadingUpload

from .markup import faults

pytestmark = pytest.mark.django_db

DAY = [f"{n // 2:02}:{n % 2 * 30:02}" for n in range(48)]


def rows(day: str = "2026-11-02", kw: str = "-4", times: list[str] = DAY) -> str:
    return "".join(f"EV-1,{day}T{time}Z,{kw}\n" for time in times)


def send(browser: Client, content: str) -> HttpResponse:
    file = SimpleUploadedFile("meter.csv", content.encode())
    answer = browser.post("/readings/send/", {"file": file}, follow=True)
    assert faults(answer) == []
    return answer


def here(answer: HttpResponse) -> str:
    return answer.redirect_chain[-1][0]


def test_a_file_is_shown_as_it_is_read_and_stored_when_that_is_right(asset: Asset, browser_of_member: Client) -> None:
    shown = send(browser_of_member, "asset,start_utc,kw\n" + rows())
    for said in ("We read it like this", "the start of the interval", "By your reference", "96.0 kWh", "1 new day"):
        assert said in shown.content.decode(), said
    assert not ReadingDay.objects.exists()
    told = browser_of_member.post(here(shown), follow=True)
    assert "Stored: 1 new, 0 corrected, 0 unchanged." in told.content.decode()
    assert ReadingDay.objects.get().watts == [-4000] * 48
    browser_of_member.post(here(shown))  # the button pressed twice
    assert ReadingDay.objects.count() == 1
    again = send(browser_of_member, "asset,start_utc,kw\n" + rows(kw="-5"))
    assert "1 corrected" in again.content.decode()


def test_what_the_file_does_not_say_is_asked_and_kept_with_it(asset: Asset, browser_of_member: Client) -> None:
    shown = send(browser_of_member, "time,reading\n" + rows().replace("EV-1,", "").replace("Z,", ","))
    assert "One more question" in shown.content.decode()
    chosen = {"unit": "kwh", "clock": "utc", "stamped": "start", "plus": "import", "asset": "EV-1"}
    read_so = browser_of_member.get(here(shown), chosen)
    assert faults(read_so) == []
    assert "Store it like this" in read_so.content.decode()
    browser_of_member.post(here(shown), chosen)
    assert ReadingDay.objects.get().watts == [8000] * 48
    assert ReadingUpload.objects.get().choices == chosen


def test_a_gap_is_stored_only_where_the_seller_says_that_it_is_one(asset: Asset, browser_of_member: Client) -> None:
    shown = send(browser_of_member, "asset,start_utc,kw\n" + rows(times=DAY[:10] + DAY[12:]))
    assert "EV-1 has no readings for 2 half-hours" in shown.content.decode()
    assert browser_of_member.post(here(shown)).status_code == 422
    assert not ReadingDay.objects.exists()
    browser_of_member.post(here(shown), {"keep_gaps": "on"})
    assert ReadingDay.objects.get(day=date(2026, 11, 2)).watts[9:13] == [-4000, None, None, -4000]


def test_bad_rows_and_what_looks_wrong_are_named(asset: Asset, browser_of_member: Client) -> None:
    good = "asset,start_utc,kw\n" + rows(times=DAY[:20])
    bad = send(browser_of_member, good + "EV-1,2026-11-02T10:00Z,much\nEV-1,2026-11-02T10:30Z,9x\n")
    for said in ("2 things to correct", "much", "9x"):
        assert said in bad.content.decode(), said
    strange = send(browser_of_member, "asset,start_utc,kw\nNOT-OURS,2026-11-02T00:00Z,1\n")
    assert "You have no asset with this reference" in strange.content.decode()
    odd = send(browser_of_member, "asset,start_utc,kw\n" + rows(kw="-400"))
    assert "far beyond its 84 kW" in odd.content.decode()
    sheet = browser_of_member.post("/readings/send/", {"file": SimpleUploadedFile("a.xlsx", b"PK\x03\x04")})
    assert "This is a spreadsheet" in sheet.content.decode()


def test_a_viewer_may_not_send(asset: Asset, viewer: User, signed_in) -> None:
    assert signed_in(viewer).post("/readings/send/", {}).status_code == 403
