"""Things to test with, built by the same actions that people use."""
