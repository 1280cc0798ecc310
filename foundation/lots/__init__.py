"""Drawing by lot 随机抽取: a pool is frozen, its digest is logged, and only then is there a seed that decides."""
