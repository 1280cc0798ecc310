"""No models, but Django sends the migration signals only to apps that have this module."""
