"""All disputes of an area at once: how far each has come, which clock ends next, and the bureau's picture of them."""
