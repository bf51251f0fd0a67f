"""Work off the files that people send in the console: first a preview, and once it is confirmed the import itself.

Runs by the clock in one worker at a time. A worker that dies leaves the file in its state; the next run does it again,
which is harmless: an import of the same file touches only what differs.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import tempfile
from pathlib import Path

import msgspec

from entrepot.domains.catalogue import queries as catalogue
from entrepot.domains.catalogue import services
from entrepot.domains.catalogue.types import FileImportView
from entrepot.domains.documents import queries as document_queries
from entrepot.domains.documents import services as documents
from entrepot.domains.inventory import queries as inventory
from entrepot.domains.organisation import queries as organisation
from entrepot.flows.bring_in.import_catalogue import ImportReport, ImportSettings, import_catalogue
from entrepot.flows.bring_in.import_catalogue_files import ErrorFile, load_defaults, open_lines
from entrepot.infra import db
from entrepot.kernel.actor import SYSTEM
from entrepot.kernel.errors import EntrepotError

AFTER = {"sent": "previewed", "confirmed": "done"}


def import_sent_files(at: dt.datetime) -> int:
    """Preview or import every file that waits, oldest first, and return how many; `at` is taken as a schedule gives it."""
    waiting = catalogue.file_imports(states=tuple(AFTER), newest=False)
    for sent in waiting:
        _work(sent, at)
    return len(waiting)


def _work(sent: FileImportView, at: dt.datetime) -> None:
    with tempfile.TemporaryDirectory(prefix="entrepot-import-") as folder:
        file, errors = Path(folder) / "file", ErrorFile(Path(folder) / "errors.csv")
        report, fault = ImportReport(), ""
        try:
            file.write_bytes(document_queries.file(id=sent.document)[0])
            with contextlib.closing(errors), open_lines(file) as (form, lines, _):
                report = import_catalogue(
                    actor=SYSTEM, lines=lines, settings=_settings(sent, form, at), refuse=errors,
                    progress=lambda so_far: _tell(sent, so_far),
                )  # fmt: skip
        except EntrepotError as refused:
            fault = refused.message()
        state = "failed" if fault else AFTER[sent.state]
        with db.transaction():
            kept = ""
            if errors.count and errors.path:
                kept = documents.store_file(
                    actor=SYSTEM,
                    content=errors.path.read_bytes(),
                    mime="text/csv",
                    name="errors.csv",
                    retention="public",
                )
            services.record_import(
                actor=SYSTEM,
                import_id=sent.id,
                report=msgspec.to_builtins(report),
                state=state,
                errors=kept,
                fault=fault,
            )


def _tell(sent: FileImportView, report: ImportReport) -> None:
    with db.transaction():
        services.record_import(actor=SYSTEM, import_id=sent.id, report=msgspec.to_builtins(report))


def _settings(sent: FileImportView, form: str, at: dt.datetime) -> ImportSettings:
    store, chosen = organisation.store(), sent.settings
    return ImportSettings(
        form=form,
        defaults=load_defaults(),
        store=store,
        currency=chosen.currency or store.base_currency,
        warehouse=chosen.warehouse or next(iter(inventory.warehouses()), ""),
        on=at.date(),
        markets=chosen.markets,
        language=chosen.language,
        preview=sent.state == "sent",
    )
