"""Write a typed Python client of the API: `python -m tools.client DIR`. Nothing of it is kept in the repository.

The document comes from the code, so that no server has to run; openapi-python-client (a package of development) does the
rest. `import entrepot_client` works with DIR on the path.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PACKAGE = "entrepot_client"


def document() -> dict[str, Any]:
    """Return the OpenAPI document of version 1."""
    import django  # noqa: PLC0415 the settings must be named first

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entrepot.config.settings")
    django.setup()
    from entrepot.interfaces.api.build import reference  # noqa: PLC0415 needs Django set up

    return json.loads(json.dumps(reference.document()))


def generate(folder: Path) -> Path:
    """Write the client below a folder and return its package."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "openapi.json").write_text(json.dumps(document(), ensure_ascii=False, indent=1), encoding="utf-8")
    (folder / "config.json").write_text(json.dumps({"package_name_override": PACKAGE, "post_hooks": []}))
    program = Path(sys.executable).parent / "openapi-python-client"
    words = [
        str(program), "generate", "--path", "openapi.json", "--config", "config.json",
        "--output-path", PACKAGE, "--meta", "none", "--overwrite", "--fail-on-warning",
    ]  # fmt: skip
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"openapi-python-client: {done.stdout}{done.stderr}")
    return folder / PACKAGE


def main() -> int:
    """Generate the client into the folder that is named."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    print(generate(parser.parse_args().folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
