"""Who was reminded of what it delivers by schedule."""

from django.contrib import admin

from markets.admin.noun import Noun

from ..models import Reminder


@admin.register(Reminder)
class ReminderAdmin(Noun):
    list_display = ("seller", "day", "market", "mails", "made_at")
    list_select_related = ("seller", "market")
    list_filter = ("market",)
    search_fields = ("seller__name",)
    date_hierarchy = "day"
