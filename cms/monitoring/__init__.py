"""Is it ready, how much is there to do, what went wrong: what an operator needs. No personal data."""
