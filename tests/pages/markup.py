"""Reads a page as a strict browser and a screen reader would, and says what they would stumble over."""

import re
from html.parser import HTMLParser

from django.http import HttpResponse

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
DRAWN = {"path", "polyline", "rect", "line", "circle"}


class Markup(HTMLParser):
    """Collects what a page consists of, and `faults`: sentences."""

    def __init__(self, html: str):
        super().__init__()
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.headings: list[str] = []
        self.controls: list[dict[str, str]] = []
        self.labelled: set[str] = set()
        self.landmarks: set[str] = set()
        self._open: list[str] = []
        self.feed(html)
        self._judge()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag not in VOID | DRAWN:
            self._open.append(tag)
        if "style" in has or any(name.startswith("on") for name in has):
            self.faults.append(f"<{tag}> has an inline style or handler, which the policy forbids")
        if tag == "style" or (tag == "script" and "src" not in has):
            self.faults.append(f"an inline <{tag}>, which the policy forbids")
        if tag == "img" and "alt" not in has:
            self.faults.append("an image without alternative text")
        if "id" in has:
            self.ids.append(has["id"])
        if tag in ("h1", "h2", "h3"):
            self.headings.append(tag)
        if tag in ("header", "main", "footer", "nav"):
            self.landmarks.add(tag)
        if tag == "label" and "for" in has:
            self.labelled.add(has["for"])
        if tag in ("input", "select", "textarea") and has.get("type") not in ("hidden", "submit"):
            inside_label = "label" in self._open
            self.controls.append(has | {"inside_label": "yes" if inside_label else ""})

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in DRAWN:
            return
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID | DRAWN:
            return
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing that is open")

    def _judge(self) -> None:
        if self.headings.count("h1") != 1:
            self.faults.append(f"{self.headings.count('h1')} main headings instead of one")
        if not {"header", "main", "footer"} <= self.landmarks:
            self.faults.append(f"only the landmarks {sorted(self.landmarks)}")
        twice = {name for name in self.ids if self.ids.count(name) > 1}
        if twice:
            self.faults.append(f"the ids {sorted(twice)} stand twice")
        for control in self.controls:
            if not (control["inside_label"] or control.get("id") in self.labelled or control.get("aria-label")):
                self.faults.append(f"no label for {control.get('name')}")
            for described in control.get("aria-describedby", "").split():
                if described not in self.ids:
                    self.faults.append(f"{control.get('name')} is described by {described}, which is not there")


def faults(response: HttpResponse) -> list[str]:
    """What is wrong with the page; empty where nothing is."""
    return Markup(response.content.decode()).faults


def errors(response: HttpResponse) -> dict[str, list[str]]:
    """What stands beside each field, as a reader finds it: by the field's own error list."""
    assert response.status_code == 422
    assert faults(response) == []
    page = response.content.decode()
    lists = re.findall(r'<ul class="errorlist" id="id_(\w+)_error">(.*?)</ul>', page, re.DOTALL)
    return {name: re.findall(r"<li>(.*?)</li>", inner) for name, inner in lists}
