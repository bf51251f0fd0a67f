"""Registers of tax numbers, a module each."""
