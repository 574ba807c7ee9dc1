"""The composition root as Django sees it: the project's own commands and the console."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.forms import Field

# What stays empty in a form that has no better words of its own: fields of other packages, sign-in's for example.
# Here, since fields take their words when their form is defined, and this module is the first to be imported.
Field.default_error_messages["required"] = "Fill this in: it can't stay empty."


class PicloNgedConfig(AppConfig):
    """Carries the management commands."""

    name = "piclo_nged"
    verbose_name = "Piclo × NGED"


class ConsoleConfig(AdminConfig):
    """The Django admin, with the console of customer success as its site."""

    default_site = "piclo_nged.console.Console"
