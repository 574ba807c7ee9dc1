"""How Unfold dresses the console: its title, and the sidebar in the order of the story."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy


def _item(title: str, icon: str, noun: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{noun}")}


def _nouns(title: str, *items: tuple[str, str, str]) -> dict[str, Any]:
    """A group of the sidebar; an item is title, icon, and the model's `app_model`."""
    listed = [_item(name, icon, f"{model}_changelist") for name, icon, model in items]
    return {"title": title, "collapsible": True, "items": listed}


NAVIGATION = [
    {
        "items": [
            _item("What needs me now", "home", "index"),
            _item("Dispatch live", "sensors", "dispatch_live"),
            _item("Search", "search", "find"),
            _item("Import NGED file", "upload_file", "nged_file"),
            _item("Emails", "mark_email_read", "emails"),
        ]
    },
    _nouns(
        "1 Registration",
        ("Asked to join", "waving_hand", "markets_joiningrequest"),
        ("Accounts to link", "link", "markets_accountlink"),
        ("Sellers", "storefront", "markets_seller"),
        ("Memberships", "group_work", "markets_membership"),
        ("Invitations", "mail", "markets_invitation"),
        ("Admissions", "door_open", "markets_admission"),
        ("Assets", "ev_station", "markets_asset"),
        ("Files of assets", "upload_file", "markets_assetupload"),
        ("Qualifications", "fact_check", "markets_qualification"),
        ("Qualification history", "manage_history", "markets_qualificationchange"),
        ("MPAN clashes", "call_split", "markets_mpanclash"),
        ("Postcodes", "pin_drop", "markets_postcode"),
        ("Dispatch contacts", "contact_mail", "markets_dispatchcontact"),
        ("Agreements", "signature", "markets_agreement"),
        ("Names by operator", "badge", "markets_selleridentity"),
    ),
    _nouns(
        "2 Bidding",
        ("Competitions", "emoji_events", "markets_competition"),
        ("Service windows", "date_range", "markets_servicewindow"),
        ("Auction calendars", "event_repeat", "markets_auctioncalendar"),
        ("Auctions", "event", "markets_auction"),
        ("Preview notes", "rate_review", "markets_previewnote"),
        ("Bids", "sell", "markets_bid"),
        ("Files of bids", "upload", "markets_bidupload"),
        ("Rules confirmed", "checklist", "markets_confirmation"),
        ("Bid changes", "history", "markets_bidchange"),
        ("Receipts", "receipt", "markets_receipt"),
        ("Contracts", "handshake", "markets_contract"),
        ("Discrepancies", "difference", "markets_discrepancy"),
        ("Openings of sealed bids", "lock_open", "markets_sealopening"),
    ),
    _nouns(
        "3 Dispatch",
        ("Triggers", "bolt", "dispatch_trigger"),
        ("Instructions", "campaign", "dispatch_instruction"),
        ("Acknowledgements", "how_to_reg", "dispatch_acknowledgement"),
        ("Matches", "join_inner", "dispatch_match"),
        ("Learned words", "translate", "dispatch_alias"),
        ("Reminders", "notifications", "dispatch_reminder"),
    ),
    _nouns(
        "4 Settlement",
        ("Readings", "electric_meter", "settlement_readingday"),
        ("Baselines of their own", "show_chart", "settlement_assetbaseline"),
        ("Runs", "calculate", "settlement_settlementrun"),
        ("Parts of runs", "donut_small", "settlement_runpart"),
        ("Lines", "list_alt", "settlement_settlementline"),
        ("Statements", "request_quote", "settlement_statement"),
        ("Invoice lines", "receipt_long", "settlement_invoiceline"),
        ("Terms", "gavel", "settlement_terms"),
    ),
    _nouns(
        "5 Service",
        ("Cases", "task_alt", "sops_case"),
        ("Steps", "conversion_path", "sops_step"),
        ("Articles", "menu_book", "sops_article"),
        ("Test parties", "celebration", "markets_testparty"),
        ("Notes of test parties", "sticky_note_2", "markets_partynote"),
        ("Mail", "outgoing_mail", "markets_mail"),
        ("Journal", "auto_stories", "markets_journalentry"),
    ),
    _nouns(
        "Set-up",
        ("Operators", "domain", "markets_operator"),
        ("Markets", "store", "markets_market"),
        ("Products", "category", "markets_product"),
        ("Zones", "map", "markets_zone"),
        ("Users", "group", "markets_user"),
        ("Tokens", "key", "markets_token"),
        ("Webhooks", "webhook", "markets_webhook"),
        ("Calls of webhooks", "call_made", "markets_webhookcall"),
    ),
]

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Piclo × NGED console",
    "SITE_HEADER": "Piclo × NGED",
    "SITE_SUBHEADER": "Console of customer success",
    "SITE_SYMBOL": "electric_bolt",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("site/mark.svg")}],
    "STYLES": [lambda request: static("site/console.css")],
    "SITE_URL": "/",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    "COMMAND": {"search_callback": "piclo_nged.console.search.palette", "search_models": False},
    "SIDEBAR": {"show_search": True, "command_search": True, "navigation": NAVIGATION},
    "COLORS": {
        "primary": {
            "50": "oklch(97.5% .015 200)",
            "100": "oklch(94.5% .03 200)",
            "200": "oklch(89% .055 200)",
            "300": "oklch(81% .085 200)",
            "400": "oklch(70% .1 200)",
            "500": "oklch(58% .1 205)",
            "600": "oklch(48% .085 208)",
            "700": "oklch(42% .075 210)",
            "800": "oklch(36% .062 212)",
            "900": "oklch(31% .052 215)",
            "950": "oklch(22% .04 218)",
        },
    },
}
