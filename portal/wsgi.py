"""The WSGI application."""

import os

from django.core.wsgi import get_wsgi_application
from django.db import connections

from portal.postgresql.limits import limit_requests

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = get_wsgi_application()
# Before the first connection of this process.
limit_requests(connections.settings["default"])
