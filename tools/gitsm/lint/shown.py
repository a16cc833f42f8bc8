"""The settings that hold in a repository, shown as they could be written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from gitsm.lint.levels import Levels
from gitsm.lint.rule import Rule
from gitsm.records.policy import POLICY_FILE
from gitsm.repository import Repository


def shown_settings(repository: Repository, rules: Iterable[Rule]) -> Iterator[str]:
    """The settings that hold, defaults included, as lines of a `gitsm.toml`. Raises SettingsError."""
    settings = repository.settings
    rules = sorted(rules, key=lambda rule: rule.name)
    levels = Levels(rules, settings)
    yield f"# from {settings.file}" if settings.file else "# nothing is set: these are the defaults"
    for name, value in (
        ("as_of", settings.as_of and settings.as_of.isoformat()),
        ("baseline", settings.baseline and json.dumps(settings.baseline)),
        ("site_url", settings.site_url and json.dumps(settings.site_url)),
    ):
        yield f"{name} = {value}" if value else f"# {name} is not set"
    yield "\n[rules]"
    for rule in rules:
        chosen = settings.rules.get(rule.name)
        level = (chosen and chosen.level) or rule.severity.value
        given = {name: json.dumps(value) for name, value in levels.options(rule).items()}
        options = "".join(f", {name} = {value}" for name, value in given.items())
        value = f'{{level = "{level}"{options}}}' if given else f'"{level}"'
        yield f"{rule.name} = {value}{'  # set here' if chosen else ''}"
    for pattern, named in settings.paths.items():
        yield f"\n[paths.{json.dumps(pattern)}]"
        yield from (f"{name} = {json.dumps(level)}" for name, level in named.items())
    policy = POLICY_FILE if repository.defines("policy", "policy") else "no policy of its own"
    yield f"\n# What records must carry is the policy's: {policy}, preset {repository.policy.preset}."
