"""Pages of people, organisations, the own account and the audit log."""
