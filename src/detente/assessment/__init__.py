"""Findings per area and overall, each with its evidence."""

from detente.assessment.assess import assess
from detente.assessment.findings import AreaFinding, Assessment, Evidence, Figure

__all__ = ["AreaFinding", "Assessment", "Evidence", "Figure", "assess"]
