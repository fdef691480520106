"""What `bench/chaos.py` breaks, how it breaks it, and how it judges what is left."""
