"""Markdown to safe HTML whose headings can be linked to. Used for articles and for procedures alike.

A link to `bidding.md#gate-closure` works in the repository and, as `../bidding/#gate-closure`, in the help centre.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import nh3
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKDOWN = MarkdownIt("commonmark").enable("table")
_TAGS = {"a", "blockquote", "br", "code", "em", "hr", "img", "li", "ol", "p", "pre", "strong"} | {
    *("h1", "h2", "h3", "h4"),
    *("table", "thead", "tbody", "tr", "th", "td", "ul"),
}
_ATTRIBUTES = {tag: {"id"} for tag in ("h1", "h2", "h3", "h4")} | {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
}
_TO_ARTICLE = re.compile(r"^([a-z0-9-]+)\.md(#.*)?$")


@dataclass(frozen=True)
class Section:
    """A heading of a text: `anchor` is what stands behind the # of its address."""

    anchor: str
    title: str
    level: int


def _tokens(text: str) -> list[Token]:
    """The parsed text, with an id at each heading and links between articles as addresses of the site."""
    tokens = _MARKDOWN.parse(text)
    taken: dict[str, int] = {}
    for heading, inline in pairwise(tokens):
        if heading.type == "heading_open":
            anchor = slugify(_words(inline)) or "section"
            taken[anchor] = taken.get(anchor, 0) + 1
            heading.attrSet("id", anchor if taken[anchor] == 1 else f"{anchor}-{taken[anchor]}")
    for link in links(tokens):
        link.attrSet("href", _TO_ARTICLE.sub(lambda to: f"../{to[1]}/{to[2] or ''}", str(link.attrs["href"])))
    return tokens


def links(tokens: list[Token]) -> Iterator[Token]:
    """The opening tokens of all links."""
    for token in tokens:
        yield from (child for child in token.children or () if child.type == "link_open")


def _words(inline: Token) -> str:
    return "".join(child.content for child in inline.children or () if child.type in ("text", "code_inline"))


def rendered(text: str) -> str:
    """The text as HTML. What could run or reshape the page (scripts, styles, frames, handlers) is removed."""
    html = _MARKDOWN.renderer.render(_tokens(text), _MARKDOWN.options, {})
    return nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto", "tel"})


def sections(text: str) -> list[Section]:
    """The text's headings, in order."""
    tokens = _tokens(text)
    return [
        Section(anchor=str(heading.attrs["id"]), title=_words(inline), level=int(heading.tag[1:]))
        for heading, inline in pairwise(tokens)
        if heading.type == "heading_open"
    ]


def addresses(text: str) -> list[str]:
    """Where the text's links lead, as they will stand in the page."""
    return [str(link.attrs["href"]) for link in links(_tokens(text))]
