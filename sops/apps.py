"""The service around the story: steps of the blueprint, cases, procedures and help."""

from django.apps import AppConfig


class SopsConfig(AppConfig):
    name = "sops"
    verbose_name = "Service"
