"""Pages of papers, for the station, the bureau and the enterprise."""
