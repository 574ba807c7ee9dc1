"""The help centre: articles in the project become pages, links in them lead somewhere, nothing in them runs."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import resolve

from markets.models import JournalEntry
from sops.help import Section, rendered, sections
from sops.help.files import ArticleMalformed, read_article, read_articles
from sops.help.markdown import addresses
from sops.help.publishing import publish_articles, review_article
from sops.models import Article

ARTICLES = read_articles()


def known_sections() -> set[str]:
    """Every address `slug#anchor` and `slug` of the help centre."""
    return {a.slug for a in ARTICLES} | {f"{a.slug}#{s.anchor}" for a in ARTICLES for s in sections(a.body)}


def leads_to(slug: str, address: str) -> str:
    """The `slug#anchor` of a link in the article `slug`."""
    return f"{slug}{address}" if address.startswith("#") else address.removeprefix("../").replace("/#", "#").rstrip("/")


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.slug)
def test_every_link_of_an_article_leads_to_a_section_that_is_there(article):
    within = [address for address in addresses(article.body) if not address.startswith("https://")]
    pages = [address for address in within if address.startswith("/")]
    targets = {leads_to(article.slug, address) for address in within if address not in pages}
    assert targets <= known_sections()
    assert all(resolve(page) for page in pages)
    assert len({s.anchor for s in sections(article.body)}) == len(sections(article.body))


@pytest.mark.parametrize(
    "rule",
    [
        "stacking#not-the-same-half-hour-twice",
        "assets#one-seller-per-mpan",
        "assets#fed-by-the-zones-substation",
        "assets#the-customers-consent",
        "capacity#what-to-offer",
        "stacking#primacy",
        "baselines#honest-baselines",
        "dispatch#when-an-asset-is-unavailable",
        "readings#before-the-15th",
        "dispatch#a-mailbox-that-someone-reads",
        "capacity#limits-of-your-connection",
        "capacity#active-network-management",
    ],
)
def test_each_rule_that_software_cannot_check_has_its_section(rule):
    assert rule in known_sections()


def test_each_section_that_a_page_links_to_is_there():
    pages = [*settings.BASE_DIR.glob("*/views.py"), *settings.BASE_DIR.glob("*/views/*.py")]
    named = {
        line.split('"')[1]
        for page in pages
        for line in page.read_text(encoding="utf-8").splitlines()
        if line.strip().startswith('help = "')
    }
    assert named, "the pages of sellers say which section explains them"
    assert named <= known_sections()


def test_publishing_makes_the_projects_articles_public_and_again_changes_nothing(db):
    assert publish_articles(by="tests") == [article.slug for article in ARTICLES]
    assert publish_articles(by="tests") == []
    assert set(Article.objects.values_list("status", flat=True)) == {"published"}
    assert JournalEntry.objects.filter(verb="publish_articles").count() == 1


def test_an_edit_in_the_console_stands_until_the_file_changes(db, monkeypatch, tmp_path):
    publish_articles(by="tests")
    Article.objects.filter(slug="bidding").update(body="Edited.")
    publish_articles(by="tests")
    assert Article.objects.get(slug="bidding").body == "Edited."
    newer = tmp_path / "bidding.md"
    newer.write_text("---\ntitle: Bidding\nslug: bidding\n---\nNew.\n", encoding="utf-8")
    monkeypatch.setattr("sops.help.publishing.read_articles", lambda: [read_article(newer)])
    assert publish_articles(by="tests") == ["bidding"]
    assert Article.objects.get(slug="bidding").body == "New.\n"


def test_a_retired_article_stays_retired_when_its_file_changes(db):
    publish_articles(by="tests")
    Article.objects.filter(slug="bidding").update(status="retired", file_sha256="")
    publish_articles(by="tests")
    assert Article.objects.get(slug="bidding").status == "retired"


def test_a_review_begins_the_articles_year_again(db):
    publish_articles(by="tests")
    article = Article.objects.get(slug="bidding")
    assert review_article(article=article, by="tests").reviewed_at > article.reviewed_at


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("No front matter.\n", "begin with title and slug"),
        ("---\ntitle: X\nslug: other\n---\nText.\n", "slug: x"),
        ("---\nslug: x\n---\nText.\n", "title"),
    ],
)
def test_a_malformed_file_is_named_with_its_remedy(tmp_path: Path, text, message):
    path = tmp_path / "x.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ArticleMalformed, match=f"x.md: .*{message}"):
        read_article(path)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "[press](javascript:alert(1))",
        '<img src="x" onerror="alert(1)">',
        '<iframe src="https://example.org"></iframe>',
        "<style>body { display: none }</style>",
        '<a href="https://example.org" style="position:fixed" onclick="alert(1)">x</a>',
        "![x](data:text/html;base64,PHNjcmlwdD4=)",
    ],
)
def test_what_could_run_or_reshape_the_page_is_removed(hostile):
    html = rendered(f"Before.\n\n{hostile}\n\nAfter.")
    assert html.startswith("<p>Before.</p>")
    assert html.rstrip().endswith("<p>After.</p>")
    assert not re.search(r"<(script|style|iframe)|<[^>]*(\bon\w+=|style=|javascript:|data:)", html)
    assert "display: none" not in html


def test_headings_can_be_linked_to_and_equal_ones_are_told_apart():
    text = "## What to *offer*\n\n### What to offer\n\n## `B-1` & more\n"
    assert sections(text) == [
        Section("what-to-offer", "What to offer", 2),
        Section("what-to-offer-2", "What to offer", 3),
        Section("b-1-more", "B-1 & more", 2),
    ]
    assert '<h2 id="what-to-offer">' in rendered(text)
    assert '<h3 id="what-to-offer-2">' in rendered(text)


def test_a_link_between_files_works_in_the_help_centre():
    assert 'href="../bidding/#gate-closure"' in rendered("[x](bidding.md#gate-closure)")
    assert 'href="../bidding/"' in rendered("[x](bidding.md)")
    assert 'href="https://example.org/a.md"' in rendered("[x](https://example.org/a.md)")
