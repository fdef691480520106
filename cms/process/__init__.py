"""Running Promotora on one box: the broker, the worker and the web server under one manager.

Standard library only; why not a ready-made process manager: docs/adr/0002-process-manager.md.
"""
