"""Papers 文书: issued to enterprises under a number of their station, frozen, served, corrected or voided."""
