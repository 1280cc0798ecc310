"""The measures table of the data set's README, as plain SQL over the imported rows."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("ANQI_DATA") or ROOT.parent / "shared" / "data") / "detroit_food"
needs_data = pytest.mark.skipif(
    not FOLDER.is_dir(),
    reason=f"the public data set is not at {FOLDER} (ANQI_DATA names another folder above it)",
)

COLUMNS = (
    "quarter",
    "inspections",
    "firms_inspected",
    "complaints",
    "found",
    "firms_found",
    "found_major",
    "closed",
    "closed_on_time",
    "open",
    "overdue",
    "firms_overdue",
)
EXPECTED = [
    ("2016Q3", 483, 459, 19, 1049, 315, 370, 864, 748, 185, 78, 44),
    ("2016Q4", 729, 687, 47, 1367, 406, 487, 1269, 1055, 283, 231, 119),
    ("2017Q1", 712, 670, 39, 1476, 466, 542, 1256, 986, 503, 415, 215),
    ("2017Q2", 706, 652, 39, 1228, 363, 503, 1022, 868, 709, 633, 334),
    ("2017Q3", 932, 870, 39, 2233, 603, 860, 1604, 1361, 1338, 1169, 508),
    ("2017Q4", 743, 691, 59, 1578, 471, 625, 1430, 1109, 1486, 1450, 636),
    ("2018Q1", 566, 515, 48, 1187, 369, 449, 990, 853, 1683, 1664, 709),
    ("2018Q2", 863, 802, 53, 1468, 494, 595, 1184, 1054, 1967, 1843, 774),
    ("2018Q3", 732, 658, 73, 1619, 451, 597, 1305, 1148, 2281, 2176, 860),
    ("2018Q4", 887, 833, 60, 1762, 554, 660, 1449, 1220, 2594, 2567, 976),
    ("2019Q1", 734, 677, 60, 1631, 497, 604, 1487, 1176, 2738, 2623, 1000),
    ("2019Q2", 515, 490, 39, 789, 277, 315, 914, 587, 2613, 2613, 1026),
]

SQL = """
WITH quarter AS (
    SELECT day::date AS first, (day + interval '3 months' - interval '1 day')::date AS last
    FROM generate_series(timestamp '2016-07-01', timestamp '2019-04-01', interval '3 months') AS day
)
SELECT to_char(first, 'YYYY"Q"Q'),
  (SELECT count(*) FROM inspections_inspection WHERE inspected_on BETWEEN first AND last),
  (SELECT count(DISTINCT enterprise_id) FROM inspections_inspection WHERE inspected_on BETWEEN first AND last),
  (SELECT count(*) FROM incidents_incident WHERE kind = 'complaint' AND occurred_on BETWEEN first AND last),
  (SELECT count(*) FROM inspections_hazard WHERE found_on BETWEEN first AND last),
  (SELECT count(DISTINCT enterprise_id) FROM inspections_hazard WHERE found_on BETWEEN first AND last),
  (SELECT count(*) FROM inspections_hazard WHERE found_on BETWEEN first AND last AND major_from_on = found_on),
  (SELECT count(*) FROM inspections_hazard WHERE closed_on BETWEEN first AND last),
  (SELECT count(*) FROM inspections_hazard WHERE closed_on BETWEEN first AND last AND closed_on <= due_on),
  (SELECT count(*) FROM inspections_hazard WHERE found_on <= last AND (closed_on IS NULL OR closed_on > last)),
  (SELECT count(*) FROM inspections_hazard
    WHERE found_on <= last AND (closed_on IS NULL OR closed_on > last) AND due_on < last),
  (SELECT count(DISTINCT enterprise_id) FROM inspections_hazard
    WHERE found_on <= last AND (closed_on IS NULL OR closed_on > last) AND due_on < last)
FROM quarter ORDER BY first
"""
