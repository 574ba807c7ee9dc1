"""Dispatch: from NGED's trigger to the seller's mailbox, and what is matched afterwards."""

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "dispatch"
    verbose_name = "Dispatch"
