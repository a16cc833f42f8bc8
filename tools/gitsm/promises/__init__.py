"""Promises: whether an agreement can be kept, by what stands below it.

Each promise is proved, refuted or undetermined. What is unknown is never taken for good: a promise is
proved where the figures below it are enough even if everything unknown is down, and refuted where they
fall short even if everything unknown is perfect.
"""

from gitsm.promises.answer import Answer as Answer
from gitsm.promises.answer import answer as answer
from gitsm.promises.answer import answers as answers
from gitsm.promises.verdict import NAMES as NAMES
from gitsm.promises.verdict import Link as Link
from gitsm.promises.verdict import Mend as Mend
from gitsm.promises.verdict import Name as Name
from gitsm.promises.verdict import Promise as Promise
from gitsm.promises.verdict import Verdict as Verdict
