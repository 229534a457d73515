#!/usr/bin/env python
"""The command line of the portal."""

import logging
import os
import sys


def main() -> None:
    """Run the management command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # A missing setting is reported by its message alone, without a traceback.
        sys.exit(f"{error}")
    except Exception:
        # Run by a timer: into the log, without the message, which may quote personal data.
        if sys.stderr.isatty() or os.environ.get("PORTAL_LOCAL"):
            raise
        logging.getLogger("portal").exception("the command %s failed", sys.argv[1])
        sys.exit(1)


if __name__ == "__main__":
    main()
