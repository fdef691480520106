"""How diplomas look: designs in the admin, frozen version by version."""
