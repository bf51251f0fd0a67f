"""The outside world for demo and tests: payment provider, carrier and mail catcher. No money moves, no parcel leaves.

Own process, port and tables (one SQLite file). Imports nothing of the house and is imported by nobody.
"""
