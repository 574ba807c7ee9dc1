"""How an operator's address shows the faults that the holder of its sandbox asked for.

A live token never comes here: that is decided by the token alone, before anything is looked up.
"""

from time import sleep
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.views import APIView

from ..models import SandboxFault
from ..operations.sandbox import next_fault
from .answers import problem
from .authentication import token_of

Kind = SandboxFault.Kind


class FaultsPlayed(APIView):
    """Slow and late answers, for every address of an operator; the others are shown where they make sense."""

    plays_faults = True  #: off for the address at which faults are asked for
    _late: SandboxFault | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After everything that may refuse the caller, and before the work."""
        super().initial(request, *args, **kwargs)
        if fault := self.next_fault(Kind.SLOW, Kind.LATE):
            self._late = fault if fault.kind == Kind.LATE else None
            sleep(0 if self._late else fault.seconds)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """A late answer: the work is done, and its answer kept under its key, but the caller is told nothing of it."""
        if self._late is not None:
            sleep(self._late.seconds)
            response = _too_late()
        return super().finalize_response(request, response, *args, **kwargs)

    def next_fault(self, *kinds: Kind) -> SandboxFault | None:
        """The fault to be shown now, which is thereby used up. Nothing is asked for a live token, or where none waits."""
        token = token_of(self.request)
        if token is None or not token.has_fault_waiting or not self.plays_faults:
            return None
        assert token.operator_id is not None, "a sandbox is an operator's"
        match = self.request.resolver_match
        return next_fault(operator_id=token.operator_id, kinds=kinds, call=(match and match.url_name) or "")


def _too_late() -> HttpResponse:
    detail = "A fault of the sandbox: this was done or refused, but the answer came too late. Send the same again."
    return problem(504, "Gateway Timeout", detail)
