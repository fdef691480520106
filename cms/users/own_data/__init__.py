"""Her data in her hands: what is kept, consents, a copy, a new name, leaving, erasing (docs/her-data.md)."""
