"""The console shows every email that we send, before somebody asks on the telephone what it says."""

from pathlib import Path

from django.test import Client
from django.test.signals import template_rendered

from dispatch.emails import sketch
from piclo_nged.console.email_examples import EXAMPLES

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
PARTS = {"base.txt", "base.html", "frame.html", "from_until.html"}


def test_every_template_of_an_email_stands_in_it() -> None:
    written = set()
    sketch._sketch.cache_clear()

    def note(template, **_):
        written.add(template.name)

    template_rendered.connect(note)
    try:
        for example in EXAMPLES.values():
            assert example.mail.subject
    finally:
        template_rendered.disconnect(note)
        sketch._sketch.cache_clear()
    files = {str(path.relative_to(TEMPLATES)) for path in (TEMPLATES / "emails").rglob("*.*") if path.name not in PARTS}
    assert files <= written


def test_each_is_shown_as_its_reader_sees_it_and_nothing_is_sent(console: Client) -> None:
    for key, example in EXAMPLES.items():
        page = console.get(f"/console/emails/{key}/")
        assert page.status_code == 200
        shown = page.content.decode()
        assert f'<strong class="font-semibold text-important" aria-current="page">{example.title}</strong>' in shown
        assert ("srcdoc=" in shown, "BEGIN:VCALENDAR" in shown) == (
            bool(example.mail.html),
            bool(example.mail.calendar),
        )
    assert console.get("/console/emails/nothing/").status_code == 404
