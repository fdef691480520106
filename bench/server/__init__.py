"""The web server that is measured: the site as `make run` has it, and one view that does nothing."""
