"""Characters of enterprises, and their figures."""

from dataclasses import dataclass

QUARTERS = 10  # complete quarters with facts, before the current one


@dataclass(frozen=True)
class Habits:
    """The behaviour of an enterprise in one quarter, as means and probabilities."""

    weekly: float  # share of weeks with a self-check
    targeted: float  # share of self-checks that are key checks
    education: float  # probability, in a quarter in which it is due
    drill: float
    inspections: float  # number of planned police inspections
    found: float  # hazards per inspection
    found_itself: float  # hazards the enterprise finds itself, per quarter
    on_time: float
    stuck: float  # share of late hazards that take months to be rectified
    major: float
    recurs: float
    trouble: float  # probability of a verified public-security case at fault, per quarter
    crime: float = 0.0
    offence: float = 0.0
    disputes: float = 0.12


HABITS = {
    "excellent": Habits(1.0, 0.97, 1.0, 1.0, 1.05, 0.5, 0.7, 0.99, 0, 0.02, 0.0, 0.005, disputes=0.06),
    "good": Habits(0.93, 0.85, 0.97, 0.93, 1.1, 0.8, 0.55, 0.94, 0, 0.03, 0.02, 0.02, disputes=0.1),
    "fair": Habits(0.74, 0.64, 0.8, 0.72, 1.4, 1.3, 0.3, 0.75, 0.1, 0.06, 0.08, 0.08, 0.005, 0.01, 0.2),
    "careless": Habits(0.46, 0.45, 0.55, 0.45, 2.2, 1.7, 0.05, 0.5, 0.3, 0.12, 0.18, 0.22, 0.03, 0.03, 0.3),
    "unvisited": Habits(0.86, 0.8, 0.9, 0.9, 0.0, 0.0, 0.8, 0.95, 0, 0.0, 0.0, 0.02),
    "silent": Habits(0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, disputes=0),
}

# Per hundred enterprises; the last character takes the rest.
SHARES = [
    ("excellent", 26),
    ("fair", 25),
    ("careless", 3),
    ("improving", 6),
    ("declining", 4),
    ("unvisited", 5),
    ("seldom_visited", 4),
    ("new", 4),
    ("closed", 2),
    ("handed_over", 3),
    ("good", 100),
]


def behaviour(character: str, turn: int, age: int) -> str:
    """Return the key of HABITS for a character in the quarter ``age`` quarters ago (0 = current).

    ``turn`` (0 … 5) differs between enterprises, so that they change in different quarters.
    """
    if character == "improving":
        return "careless" if age > turn + 4 else "fair" if age > turn + 1 else "good"
    if character == "declining":
        return "good" if age > turn + 2 else "fair" if age > turn else "careless"
    if character == "unvisited":
        return "unvisited" if age <= turn % 3 + 3 else "good"
    if character == "seldom_visited":
        return "unvisited" if turn < age < turn + 5 else "good"
    if character == "new":
        return "good" if turn < 2 else "silent"
    if character in ("closed", "handed_over"):
        return "fair" if turn == 5 else "good"
    return character
