"""What the public and learner site looks like: templates, one stylesheet, one script, icons."""
