"""Articles as files: Markdown with `title` and `slug` between two lines of ---. The file is named after the slug."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

ARTICLES = Path(__file__).parent / "articles"


class ArticleMalformed(ValueError):
    """An article's file lacks what it must have; the message names file and remedy."""


@dataclass(frozen=True)
class ArticleFile:
    """An article as it stands in the project; `body` is Markdown without the front matter."""

    slug: str
    title: str
    body: str
    sha256: str


def read_article(path: Path) -> ArticleFile:
    """Reads one file. Raises ArticleMalformed."""
    text = path.read_text(encoding="utf-8")
    opening, _, rest = text.partition("---\n")
    front, found, body = rest.partition("---\n")
    if opening or not found:
        raise ArticleMalformed(f"{path.name}: begin with title and slug between two lines of ---.")
    fields = dict(line.split(": ", 1) for line in front.splitlines() if ": " in line)
    if not fields.get("title") or fields.get("slug") != path.stem:
        raise ArticleMalformed(f"{path.name}: it needs 'title: ...' and 'slug: {path.stem}'.")
    return ArticleFile(
        slug=fields["slug"],
        title=fields["title"],
        body=body.strip() + "\n",
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def read_articles(folder: Path = ARTICLES) -> list[ArticleFile]:
    """All articles of the project, by slug."""
    return [read_article(path) for path in sorted(folder.glob("*.md"))]
