"""Pages that need no invitation: privacy, accessibility, what came of it, and a receipt's page."""
