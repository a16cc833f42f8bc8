"""Rules, and the runner that holds a repository against them."""

from gitsm.lint.levels import Levels as Levels
from gitsm.lint.report import Report as Report
from gitsm.lint.report import since as since
from gitsm.lint.rule import RULES as RULES
from gitsm.lint.rule import Findings as Findings
from gitsm.lint.rule import Rule as Rule
from gitsm.lint.rule import rule as rule
from gitsm.lint.runner import run as run
from gitsm.lint.shown import shown_settings as shown_settings
from gitsm.lint.suppression import suppressions as suppressions
