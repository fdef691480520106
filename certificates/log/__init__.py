"""The transparency log: nothing that was issued, replaced or revoked can be taken back unseen."""
