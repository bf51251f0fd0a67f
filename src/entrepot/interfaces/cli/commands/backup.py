"""`entrepot backup FILE`: database and files in one tar file, with a manifest that a restore is checked against."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from django.conf import settings

from entrepot.infra import backup, clock

HELP = "write database and files into one backup file"
OWNER = True


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", type=Path, help="where the backup goes (it must not exist)")


def run(args: argparse.Namespace) -> int:
    """Take the backup and say what is in it, and what is not."""
    target: Path = args.file.resolve()
    if target.exists():
        raise backup.BackupFault(what=f"{target} exists already; name a new file")
    manifest = backup.take(
        url=os.environ["DATABASE_URL"], files=Path(settings.MEDIA_ROOT), target=target, at=clock.now()
    )
    size = target.stat().st_size / 1e6
    print(f"backup: {sum(manifest.rows.values())} rows, {len(manifest.files)} files, {size:.1f} MB in {target}")
    print(
        f"backup: the keys are not in it; keep ENTREPOT_DATA_KEYS apart ({', '.join(manifest.key_ids) or 'none used'})"
    )
    return 0
