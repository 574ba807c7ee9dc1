"""Where an operator sees a competition before the sellers do: the absolute address of its signed preview."""

from django.conf import settings
from django.urls import reverse

from .models import Competition
from .operations.competitions import preview_token


def preview_url(competition: Competition) -> str:
    """The link to send to whoever approves."""
    return f"{settings.SITE_URL}{reverse('markets:preview', args=[preview_token(competition)])}"
