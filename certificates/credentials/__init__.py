"""Open Badges 3.0 credentials, their issuer's DID and their status list."""
