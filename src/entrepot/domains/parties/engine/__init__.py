"""Rules of parties: what an address must look like in its country."""
