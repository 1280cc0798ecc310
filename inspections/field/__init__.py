"""Inspections on a phone without network: what is loaded ahead, and what arrives (docs/field.md)."""
