"""The audit trail («bitácora»): who did what to which record when (docs/audit.md)."""
