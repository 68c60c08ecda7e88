"""Claims of studies put to the test: rules, verdicts, and scores against the tool and base rates."""

from detente.claims.check import check
from detente.claims.results import Checked, Report
from detente.claims.scores import Scores
from detente.claims.study import Claim, Study, read_study

__all__ = ["Checked", "Claim", "Report", "Scores", "Study", "check", "read_study"]
