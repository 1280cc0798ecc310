"""Fire doors: a complete small app, explained in docs/adding-an-app.md."""
