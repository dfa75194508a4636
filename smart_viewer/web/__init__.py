"""HTTP: blueprints, JSON shapes, problems, security headers."""
