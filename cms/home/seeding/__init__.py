"""The demo school, built through the same models and actions that people use."""
