"""Repeatable measurements, each a script of its own: `python bench/NAME.py [--json] [--full]`."""
