"""Findings per area and overall, each with its evidence."""

from detente.assessment.assess import assess
from detente.assessment.findings import AreaFinding, Evidence, Indicator
from detente.assessment.result import Assessment

__all__ = ["AreaFinding", "Assessment", "Evidence", "Indicator", "assess"]
