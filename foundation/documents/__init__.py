"""Word documents from templates: filled in a process of its own, the same bytes for the same data, and as PDF."""
