"""Ways to look at an assessment; no arithmetic of their own."""
