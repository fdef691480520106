"""What she takes along on her phone: one page without anything personal, and the worker that keeps it."""
