"""The door for the web server: `granian --interface wsgi piclo_nged.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "piclo_nged.settings")
application = get_wsgi_application()
