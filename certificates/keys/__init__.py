"""Keys: who may sign, with what, since when; and the keys that seal what names a person."""
