"""The house's own contract for import-linter: only the public rooms of a domain are visited."""

from importlinter import Contract, ContractCheck, fields, output


class PrivateRooms(Contract):
    """Another domain may use the rooms in `public_reads`; flows and interfaces those in `public`; `free` packages any.

    A room is the first name below the domain: in `entrepot.domains.tax.engine.rates` it is `engine`.
    """

    container = fields.StringField()
    public = fields.ListField(subfield=fields.StringField())
    public_reads = fields.ListField(subfield=fields.StringField())
    free = fields.ListField(subfield=fields.StringField(), required=False)

    def check(self, graph, verbose):
        """Collect every import of a private room from outside its domain."""
        depth = self.container.count(".") + 2
        prefix = self.container + "."
        bad = [
            f"{importer} enters {module}"
            for module in sorted(graph.modules)
            if module.startswith(prefix) and module.count(".") >= depth
            for importer in sorted(graph.find_modules_that_directly_import(module))
            if not self._allowed(importer, ".".join(module.split(".")[:depth]), module.split(".")[depth])
        ]
        return ContractCheck(kept=not bad, metadata={"bad": bad})

    def _allowed(self, importer, domain, room):
        if _within(importer, domain) or any(_within(importer, name) for name in self.free or []):
            return True
        return room in (self.public_reads if _within(importer, self.container) else self.public)

    def render_broken_contract(self, check):
        """Print a line per offence."""
        for line in check.metadata["bad"]:
            output.print_error(line)


def _within(module, package):
    return module == package or module.startswith(package + ".")
