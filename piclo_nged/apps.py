"""The composition root as Django sees it: the project's own commands and the console."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PicloNgedConfig(AppConfig):
    """Carries the management commands."""

    name = "piclo_nged"
    verbose_name = "Piclo × NGED"


class ConsoleConfig(AdminConfig):
    """The Django admin, with the console of customer success as its site."""

    default_site = "piclo_nged.console.Console"
