"""A statement as PDF, to be filed and sent on: the figures of its page, and the same bytes each time it is asked for."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from markets.rules.spans import LONDON
from markets.rules.words import day, kw
from markets.templatetags.figures import gbp, kwh, month, share

from ..models import SettlementLine, Statement

INK, MUTED, LINE, SOFT, WARN = map(HexColor, ("#12241f", "#4d5f59", "#dbe4df", "#e3f3ed", "#fff1d9"))
WIDTHS = (64 * mm, 46 * mm, 18 * mm, 30 * mm, 20 * mm)
HEAD = ("Event", "Contract", "Asked", "Delivered", "Pays")


def statement_pdf(
    *, statement: Statement, lines: Iterable[SettlementLine], paid: Sequence[tuple[str, Decimal]], address: str
) -> bytes:
    """`paid`: what the total is made of, in words and GBP; `address`: where the statement stands. Lines with `total_gbp`."""
    _fonts()
    out = BytesIO()
    run = statement.run
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        margins=0,
        leftMargin=16 * mm,
        rightMargin=16 * mm,
        topMargin=16 * mm,
        bottomMargin=18 * mm,
        title=f"Statement {statement} of {statement.seller}",
        author="Piclo",
        invariant=1,
        lang="en-GB",
    )
    story: list[Flowable] = [
        _text(f"Statement {statement}", 18, bold=True),
        _text(f"{month(run.month)} · {run.market} · {statement.seller}", 11),
        _text(f"Version {run.version}, issued {_instant(statement.issued_at)}", 9, muted=True),
        Spacer(1, 4 * mm),
    ]
    if run.market.is_mock:
        story += [
            _boxed("Mock market, a rehearsal: nothing of it is real, and nothing is paid.", WARN),
            Spacer(1, 3 * mm),
        ]
    if run.version > 1 and run.reason:
        story += [_boxed(f"Why there is a version {run.version}: {run.reason}", SOFT), Spacer(1, 3 * mm)]
    story += [_totals(statement, paid), Spacer(1, 5 * mm), _lines(lines), Spacer(1, 5 * mm)]
    story += [
        _text("This checks the operator's own invoice; it is not a second bill. Times are London time.", 8, muted=True),
        _text(f"Is a line wrong? Query it where the statement stands: {address}", 8, muted=True),
    ]

    def foot(canvas: Canvas, document: SimpleDocTemplate) -> None:
        canvas.setFont("Vera", 7.5)
        canvas.setFillColor(MUTED)
        canvas.drawString(16 * mm, 10 * mm, f"Statement {statement}, version {run.version}")
        canvas.drawRightString(A4[0] - 16 * mm, 10 * mm, f"Page {document.page}")

    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


@cache
def _fonts() -> None:
    """The fonts that come with the library: its built-in ones have no true minus sign."""
    registerFont(TTFont("Vera", "Vera.ttf"))
    registerFont(TTFont("Vera-Bold", "VeraBd.ttf"))
    registerFontFamily("Vera", normal="Vera", bold="Vera-Bold", italic="Vera", boldItalic="Vera-Bold")


def _text(words: str, size: float, *, bold: bool = False, muted: bool = False, right: bool = False) -> Paragraph:
    style = ParagraphStyle(
        "",
        fontName="Vera",
        fontSize=size,
        leading=size * 1.35,
        textColor=MUTED if muted else INK,
        alignment=2 if right else 0,
    )
    return Paragraph(f"<b>{escape(words)}</b>" if bold else escape(words), style)


def _boxed(words: str, ground: HexColor) -> Table:
    box = Table([[_text(words, 9)]], colWidths=[sum(WIDTHS)])
    box.setStyle(TableStyle([("BACKGROUND", (0, 0), (-1, -1), ground), ("BOTTOMPADDING", (0, 0), (-1, -1), 6)]))
    return box


def _totals(statement: Statement, paid: Sequence[tuple[str, Decimal]]) -> Table:
    cells = [("Total", statement.total_gbp), *paid]
    table = Table(
        [[_text(name, 8, muted=True) for name, _ in cells], [_text(gbp(pay), 12, bold=True) for _, pay in cells]],
        colWidths=[sum(WIDTHS) / len(cells)] * len(cells),
    )
    table.setStyle(TableStyle([("BACKGROUND", (0, 0), (0, -1), SOFT), ("BOX", (0, 0), (-1, -1), 0.5, LINE)]))
    return table


def _lines(lines: Iterable[SettlementLine]) -> Table:
    rows: list[list[Paragraph]] = [[_text(name, 8, bold=True, right=place > 1) for place, name in enumerate(HEAD)]]
    spans, rules = [], [0]
    for line in lines:
        rows.append(
            [
                _text(_when(line.starts_at, line.ends_at), 8, bold=True),
                _text(f"{line.contract}, {line.contract.bid.competition.zone.code}", 8),
                _text(kw(line.instructed_kw), 8, right=True),
                _text(f"{share(line.delivered_share)}, {kwh(line.delivered_kwh)}", 8, right=True),
                _text(gbp(line.total_gbp), 8, bold=True, right=True),  # type: ignore[attr-defined]  # annotated
            ]
        )
        if line.explanation:
            spans.append(("SPAN", (0, len(rows)), (-1, len(rows))))
            rows.append([_text(line.explanation, 7, muted=True)])
        rules.append(len(rows) - 1)
    table = Table(rows, colWidths=WIDTHS, repeatRows=1)
    below = [("LINEBELOW", (0, row), (-1, row), 0.4, LINE) for row in rules]
    table.setStyle(
        TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("BOTTOMPADDING", (0, 0), (-1, -1), 2), *below, *spans])
    )
    return table


def _instant(at: datetime) -> str:
    local = at.astimezone(LONDON)
    return f"{day(local)}, {local:%H:%M %Z}"


def _when(starts_at: datetime, ends_at: datetime) -> str:
    start, end = starts_at.astimezone(LONDON), ends_at.astimezone(LONDON)
    last = f"{end:%H:%M %Z}" if end.date() == start.date() else f"{day(end)}, {end:%H:%M %Z}"
    return f"{day(start)}, {start:%H:%M} – {last}"
