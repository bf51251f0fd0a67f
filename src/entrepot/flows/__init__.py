"""Use cases that need more than one domain: the order of steps and the transactions, nothing else."""
