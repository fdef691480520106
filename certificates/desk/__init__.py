"""The staff's screens in the admin: actas from proposal to issue, the register of diplomas and their life."""
