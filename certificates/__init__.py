"""From a decision to something that anyone can verify."""
