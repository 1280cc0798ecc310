from ratings.models.evaluation import Evaluation, EvaluationBatch
from ratings.models.rating import Rating
from ratings.models.standard import Adoption, Standard

__all__ = ["Adoption", "Evaluation", "EvaluationBatch", "Rating", "Standard"]
