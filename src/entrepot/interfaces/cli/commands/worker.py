"""`entrepot worker`: deliver events and run what is scheduled."""

import argparse

from entrepot.interfaces.jobs import worker

HELP = "deliver events, run what is scheduled, work off jobs (until stopped)"


def run(args: argparse.Namespace) -> None:
    """Work until SIGTERM or SIGINT."""
    worker.run()
