"""The door for the web server: `granian --interface wsgi piclo_nged.wsgi:application`."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "piclo_nged.settings")
application = get_wsgi_application()

# The first call may be a trigger: all addresses are imported before it, and what stays for ever is looked through by no
# collection of garbage later.
get_resolver().url_patterns  # noqa: B018
gc.freeze()
