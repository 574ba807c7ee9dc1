"""Registration and bidding, and what all apps share: people, tokens, the journal, mail."""

from django.apps import AppConfig


class MarketsConfig(AppConfig):
    name = "markets"
    verbose_name = "Markets"
