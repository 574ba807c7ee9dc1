"""NGED's competitions, as its files tell them, into the notices that our operations publish. Pure."""

from collections import Counter
from dataclasses import replace

from markets.problems import RowProblem
from markets.rules.notices import CompetitionNotice, WindowNotice

from .columns import RESULTS_SUMMARY, SHORT_TERM_PARAMETERS, label_of
from .products import product_called
from .wire import Competition, Season, Window
from .wire.naming import licence_area

_LABELS = {
    "zone": label_of(RESULTS_SUMMARY, "zone"),
    "name": label_of(RESULTS_SUMMARY, "name"),
    "zone_name": label_of(SHORT_TERM_PARAMETERS, "zone_name"),
    "product": label_of(RESULTS_SUMMARY, "product"),
    "direction": label_of(SHORT_TERM_PARAMETERS, "direction"),
}


def notices_of(season: Season) -> list[CompetitionNotice]:
    """Notices of the competitions of a file, each with the line it begins on."""
    begins: dict[str, int] = {}
    for account in season.accounts:
        begins.setdefault(account.competition, account.line)
    return [notice_of(competition, begins.get(competition.reference, 0)) for competition in season.competitions]


def notice_of(competition: Competition, line: int = 0) -> CompetitionNotice:
    """One competition. Level and licence area are read off the zone's code, e.g. `CMZ_LV_T7A_EM_870594`."""
    facts = product_called(competition.product)
    names = window_names(competition)
    return CompetitionNotice(
        reference=competition.reference,
        name=competition.name,
        product=facts.name if facts else competition.product,
        zone_code=competition.zone,
        zone_name=competition.zone_name,
        licence_area=licence_area(competition.zone),
        direction=competition.direction or "",
        zone_level="lv" if competition.zone.startswith("CMZ_LV_") else "hv",
        opens_at=competition.opens_at,
        closes_at=competition.closes_at,
        first_day=competition.first_day,
        last_day=competition.last_day,
        required_kw=competition.peak_required_kw,
        availability_ceiling_gbp_per_mw_h=competition.ceiling.availability_gbp_per_mw_h,
        utilisation_ceiling_gbp_per_mwh=competition.ceiling.utilisation_gbp_per_mwh,
        sustain_ceiling_gbp_per_kw=competition.ceiling.sustain_gbp_per_kw,
        max_connection_kv=competition.max_connection_kv,
        windows=tuple(_window(window, names[window]) for window in competition.windows),
        line=line,
    )


def window_names(competition: Competition) -> dict[Window, str]:
    """NGED's name of each window; where it stands for several of the competition, its days and hours are added."""
    counts = Counter(window.name for window in competition.windows)
    return {w: w.name if counts[w.name] == 1 else w.label for w in competition.windows}


def _window(window: Window, name: str) -> WindowNotice:
    return WindowNotice(
        name=name,
        first_day=window.first_day,
        last_day=window.last_day,
        weekdays=window.weekdays,
        local_start=window.start_time,
        local_end=window.end_time,
        required_kw=window.required_kw,
        minimum_kw=window.minimum_kw,
    )


def in_labels(problem: RowProblem) -> RowProblem:
    """A problem that an operation found in a file, with NGED's label of the column where it is one of NGED's."""
    return replace(problem, column=_LABELS.get(problem.column, problem.column))
