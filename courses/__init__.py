"""Everything before the diploma: what is taught, to whom, who was there, who can do it."""
