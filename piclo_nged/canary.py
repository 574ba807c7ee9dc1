"""Where the canary's triggers arrive: the very code of NGED's, for the canary's token alone."""

from dispatch.models import CANARY

from .dso.nged.api.dispatch import TriggersView


class CanaryTriggers(TriggersView):
    """Not in the documents: it is for our own job."""

    operator_key = CANARY
    schema = None
