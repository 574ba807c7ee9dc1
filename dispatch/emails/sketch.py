"""Filling a template hundreds of times within the second that a seller waits.

A template is rendered once for each set of words that are given and stays as a sketch, with marks in the places of the
words; to fill it then takes a tenth of the time of rendering. So a template may ask whether there is a word, and place
it; it cannot change it. Text is broken into lines that every mailbox and terminal shows whole.
"""

import html
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from textwrap import TextWrapper

from django.template.loader import get_template

MARK = re.compile("\x02(.+?)\x03")
COLUMNS = 78
KEPT = 256
LABEL = re.compile(r"^( *(?:- |> |\S[^:]{0,9}: +)?)")
"""What the further lines of a broken line are indented by: a list's dash, or a label of the table."""


def fill(template: str, words: Mapping[str, str], lists: Mapping[str, Sequence[str]] | None = None) -> str:
    """The template with its words; an empty word, or list, is none. What comes from outside cannot become markup."""
    lists = lists or {}
    given = {name: word for name, word in words.items() if word}
    lengths = tuple((name, len(entries)) for name, entries in lists.items() if entries)
    sketch = _sketch(template, frozenset(given), lengths)
    given |= {f"{name} {place}": entry for name, entries in lists.items() for place, entry in enumerate(entries)}
    filled = list(sketch)
    if template.endswith(".html"):
        filled[1::2] = [html.escape(given[name]) for name in sketch[1::2]]
        return "".join(filled)
    filled[1::2] = [given[name] for name in sketch[1::2]]
    return _broken("".join(filled))


@lru_cache(KEPT)
def _sketch(template: str, given: frozenset[str], lengths: tuple[tuple[str, int], ...]) -> Sequence[str]:
    """What stands between the words, and every second the name of a word."""
    marks: dict[str, object] = {name: f"\x02{name}\x03" for name in given}
    marks |= {name: [f"\x02{name} {place}\x03" for place in range(length)] for name, length in lengths}
    return MARK.split(get_template(template).render(marks))


def _broken(text: str) -> str:
    if all(len(line) <= COLUMNS for line in text.split("\n")):
        return text
    return "\n".join(row for line in text.split("\n") for row in _rows(line))


def _rows(line: str) -> list[str]:
    """A line in rows; a link stays whole, or it could not be opened."""
    if len(line) <= COLUMNS or line.startswith("http"):
        return [line]
    label = LABEL.match(line)
    indent = " " * len(label[1] if label else "")
    return TextWrapper(COLUMNS, subsequent_indent=indent, break_on_hyphens=False).wrap(line)
