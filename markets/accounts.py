"""Sign-in by email. Nobody signs up alone: people join by invitation of customer success or of their seller."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitedOnlyAdapter(DefaultAccountAdapter):
    """Closes the open sign-up form."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
