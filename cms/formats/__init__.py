"""How Haitian Creole writes dates and numbers, and the Spanish of Mexico its numbers."""
