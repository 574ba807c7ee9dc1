#!/usr/bin/env python3
"""The one way in: `python3 manage.py demo`, `python3 manage.py test`, and every other command.

Any Python 3.8 or newer may start it: bootstrap.py then sets everything up and starts it again with the
right one.
"""

import os
import sys

from piclo_nged import bootstrap


def main() -> None:
    bootstrap.enter_environment()
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from piclo_nged import databases, embedded

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "piclo_nged.settings")
    try:
        with databases.for_command(sys.argv):
            execute_from_command_line(sys.argv)
    except (databases.Refused, embedded.NoServer, ImproperlyConfigured) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
