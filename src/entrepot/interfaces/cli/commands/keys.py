"""`entrepot keys`: fresh secrets for production."""

import argparse
import base64
import datetime as dt
import secrets

HELP = "print fresh secrets for production, as lines of an environment file"
EARLY = True


def run(args: argparse.Namespace) -> None:
    """Print three lines for the environment file; nothing is stored."""
    key_id = f"k{dt.datetime.now(dt.UTC):%Y%m%d}"
    print(f"ENTREPOT_SECRET_KEY={secrets.token_urlsafe(48)}")
    print(f"ENTREPOT_SANDBOX_SECRET={secrets.token_urlsafe(32)}")
    print(f"ENTREPOT_DATA_KEYS={key_id}:{base64.b64encode(secrets.token_bytes(32)).decode()}")
