"""The plan of inspections: what is due, a proposal, visits on days, their approval, what goes on overdue (docs/plan.md)."""
