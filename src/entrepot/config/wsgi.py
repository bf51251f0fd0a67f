"""The WSGI entry that granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entrepot.config.settings")
application = get_wsgi_application()

from entrepot.config import production  # noqa: E402 models can be imported only now
from entrepot.infra import logs, wiring  # noqa: E402

logs.configure()
wiring.load()
production.refuse_demo_logins()

# What is loaded now stays for good: the collector need not look through it again with every few hundred new objects.
gc.collect()
gc.freeze()
