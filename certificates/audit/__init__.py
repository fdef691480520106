"""Checking everything against everything: log, register, actas, files, status lists."""
