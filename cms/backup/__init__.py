"""One sealed file that holds the whole school, and the way back from it (docs/backup.md)."""
