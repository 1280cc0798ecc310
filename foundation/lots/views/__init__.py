"""Pages of draws: the list, one draw, and the base of the forms that freeze a pool."""
