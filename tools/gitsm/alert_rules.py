"""The alerts that Prometheus rule files of the repository define, and the runbooks that they lead to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gitsm.diagnostic import Diagnostic, Place
from gitsm.repository import Repository, once
from gitsm.source import MAX_BYTES, Scalar, read_foreign

MAX_FILES = 5_000
"""How many YAML files outside the folders of records are looked into."""


@dataclass(frozen=True, slots=True)
class AlertRule:
    """An alert that a rule file defines."""

    file: str
    alert: Scalar
    runbook_url: Scalar | None

    @property
    def place(self) -> Place:
        """Where its name stands."""
        return Place(self.file, span=self.alert.span)


@dataclass(frozen=True, slots=True)
class AlertRules:
    """Every alert of every rule file."""

    alerts: Sequence[AlertRule]
    complete: bool
    """Whether all files were read that may define alerts."""


@once
def alert_rules_of(repository: Repository) -> AlertRules:
    """The alerts of the YAML files outside the folders of records: `groups` of rules, also as a
    PrometheusRule of Kubernetes."""
    folders = {kind.folder for kind in repository.kinds.values()}
    candidates = [
        path
        for path in repository.files
        if path.endswith((".yaml", ".yml")) and path.partition("/")[0] + "/" not in folders
    ]
    small = [path for path in candidates[:MAX_FILES] if repository.files[path].size <= MAX_BYTES]
    complete = len(small) == len(candidates)
    found: list[AlertRule] = []
    for path, content in repository.tree.read_many(small):
        if isinstance(content, Diagnostic):
            complete = False
        elif b"alert" in content and b"groups" in content:
            documents = read_foreign(content.decode(errors="replace"))
            complete = complete and bool(documents)
            for document in documents:
                found.extend(_alerts(path, document))
    return AlertRules(tuple(found), complete)


def _alerts(file: str, document: object) -> Iterator[AlertRule]:
    """The alerts of a document: of a rule file, of a resource that holds one, or of a list of resources."""
    for whole in (document, *_entries(document, "items")):
        for holder in (whole, _at(whole, "spec")):
            for group in _entries(holder, "groups"):
                for rule in _entries(group, "rules"):
                    alert = _at(rule, "alert")
                    if isinstance(alert, Scalar) and alert.text:
                        url = _at(_at(rule, "annotations"), "runbook_url")
                        yield AlertRule(file, alert, url if isinstance(url, Scalar) and url.text else None)


def _at(node: object, key: str) -> object:
    return node.get(key) if isinstance(node, dict) else None


def _entries(node: object, key: str) -> Sequence[object]:
    entries = _at(node, key)
    return entries if isinstance(entries, list) else ()
