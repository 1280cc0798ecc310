"""Agreements of disputes: what the sides agreed, who signed, what was paid of it, and the court's confirmation."""
