"""What anyone may learn about an award, and how nobody learns more."""
