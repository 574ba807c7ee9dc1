"""The text of the agreement: what was signed is never edited, and the current version has its text."""

from hashlib import sha256
from pathlib import Path

from django.conf import settings

from markets.rules.agreement import VERSION

TEXTS: Path = settings.BASE_DIR / "templates" / "markets" / "agreement"
# What sellers signed. A change of wording is a further file, a further line here, and another VERSION.
AS_SIGNED = {"2026-1": "8e47fee99777ef83"}


def test_no_text_is_changed_once_it_can_be_signed():
    there = {path.stem: sha256(path.read_bytes()).hexdigest()[:16] for path in TEXTS.glob("*.html")}
    assert there == AS_SIGNED
    assert VERSION in there
