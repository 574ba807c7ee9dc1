"""The strict reader of pages sees what it should: else no page could fail by it."""

import pytest

from .markup import Markup

SOUND = "<header></header><main><h1>A</h1>{}</main><footer></footer>"


def test_a_sound_page_has_no_fault():
    assert Markup(SOUND.format('<label for="x">X</label><input id="x" name="x">')).faults == []


@pytest.mark.parametrize(
    ("markup", "fault"),
    [
        ('<p style="color: red">', "inline style"),
        ('<button onclick="x()"></button>', "handler"),
        ("<script>x()</script>", "inline <script>"),
        ('<img src="x">', "alternative text"),
        ("<h1>B</h1>", "2 main headings"),
        ('<i id="a"></i><i id="a"></i>', "stand twice"),
        ('<input name="x">', "no label for x"),
        ('<label>X <input name="x" aria-describedby="y"></label>', "described by y"),
        ("<p><b></p>", "closes nothing"),
    ],
)
def test_a_fault_is_seen(markup: str, fault: str):
    assert any(fault in found for found in Markup(SOUND.format(markup)).faults)
