"""What an action refuses, in words for the person who asked."""


class Refused(Exception):
    """An action said no; `str(error)` is a translated sentence for the screen. Nothing was saved."""
