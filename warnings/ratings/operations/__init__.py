"""Write operations of the three-colour warning."""

from ratings.operations.corrections import correct_ratings
from ratings.operations.evaluations import open_due_evaluations, open_evaluation, restart_evaluation
from ratings.operations.interim import issue_interim_vetoes
from ratings.operations.running import run_evaluation
from ratings.operations.standards import adopt_default_standard, adopt_standard, publish_standard

__all__ = [
    "adopt_default_standard",
    "adopt_standard",
    "correct_ratings",
    "issue_interim_vetoes",
    "open_due_evaluations",
    "open_evaluation",
    "publish_standard",
    "restart_evaluation",
    "run_evaluation",
]
