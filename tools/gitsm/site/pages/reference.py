"""The reference: every kind from its schema, every rule from its words, every command from its options."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial

import click
from markupsafe import Markup

from gitsm.diagnostic import Severity
from gitsm.lint import RULES, Rule
from gitsm.schema.kind import Kind
from gitsm.schema.shape import Shape
from gitsm.site.fields import SHARED
from gitsm.site.here import Here, Site
from gitsm.site.highlight import highlighted
from gitsm.site.html import Content, chip, join, paragraph, quiet, tag
from gitsm.site.labels import label_of
from gitsm.site.page import Draft, Rank, Section, makes_pages
from gitsm.site.tables import table
from gitsm.terminal import safe

KINDS_PAGE = "reference/kinds/index.md"
RULES_PAGE = "reference/rules/index.md"
COMMANDS_PAGE = "reference/commands/index.md"
NAVIGATION = "Reference"
_TONES = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.NOTE: "info"}
_DEEPEST = 4


@makes_pages
def kinds(site: Site) -> Iterator[Draft]:
    """The kinds of record, ours and the users' own."""
    yield Draft(KINDS_PAGE, "Kinds of record", _kinds, navigation=NAVIGATION, wide=True)
    for kind in site.repository.kinds.values():
        sections = partial(_kind_sections, kind)
        yield Draft(
            _kind_page(kind), kind.title, sections, parent=KINDS_PAGE, wide=True, rank=Rank.REFERENCE
        )


def _kinds(here: Here) -> Iterator[Section]:
    rows = [
        [here.page(_kind_page(kind), kind.title), tag("code", kind.pattern), kind.description]
        for kind in sorted(here.repository.kinds.values(), key=lambda kind: kind.title)
    ]
    yield Section("", table(["Kind", "Its files", "What it is"], rows))


def _kind_page(kind: Kind) -> str:
    return f"reference/kinds/{kind.name}.md"


def _kind_sections(kind: Kind, here: Here) -> Iterator[Section]:
    listed = here.page(here.site.places.of_kind(kind.name), "All records of this kind")
    yield Section(
        "",
        join(
            [paragraph(kind.description), paragraph("Its files: ", tag("code", kind.pattern), " · ", listed)]
        ),
    )
    yield Section("Fields", _fields(kind))
    for path, text in list(kind.examples.items())[:1]:
        language = "markdown" if path.endswith(".md") else "yaml"
        shown = paragraph(tag("code", path), class_="g-file") + highlighted(text, language)
        yield Section("A complete example", shown)


def _fields(kind: Kind) -> Markup:
    rows = list(_rows(Shape.of(kind.schema), "", 0))
    return table(["Field", "What it is", "What it holds"], rows)


def _rows(shape: Shape, above: str, depth: int) -> Iterator[list[Content]]:
    """A row for each field, those of a field's own below it."""
    for key in sorted(shape.properties, key=lambda key: key in SHARED and not above):
        below = shape.properties[key]
        needed = chip("required", "info") if key in shape.required else None
        yield [[tag("code", above + key), " ", needed], below.meaning, _holds(below)]
        if depth < _DEEPEST and not below.reference:
            inside = below if below.properties else below.at(0)
            if inside.properties and key != "links":
                mark = "." if below.properties else "[]."
                yield from _rows(inside, above + key + mark, depth + 1)


def _holds(shape: Shape) -> Markup:
    """What may be written there, in words."""
    inside = shape.at(0)
    if shape.reference or inside.reference:
        kind = shape.reference or inside.reference
        return join([f"the id of a {label_of(kind).lower()}", " or several" if inside.reference else ""])
    if shape.choices:
        return join([tag("code", word) for word in shape.choices], ", ")
    if inside.choices:
        return join(["several of ", join([tag("code", word) for word in inside.choices], ", ")])
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    types = list(dict.fromkeys(node["type"] for node in shape.nodes if isinstance(node.get("type"), str)))
    named = [words.get(type_, {"array": "list", "object": "mapping"}.get(type_, type_)) for type_ in types]
    example = next((node["examples"][0] for node in shape.nodes if _has_example(node)), None)
    return join(
        [" or ".join(named), quiet(" such as ", tag("code", str(example))) if example is not None else None]
    )


def _has_example(node: object) -> bool:
    examples = node.get("examples") if isinstance(node, dict) else None
    return isinstance(examples, list) and bool(examples) and isinstance(examples[0], str | int | float)


@makes_pages
def rules(_: Site) -> Iterator[Draft]:
    """Every rule, in its own words and with its own examples."""
    yield Draft(RULES_PAGE, "Rules", _rules, _rules_top, navigation=NAVIGATION, wide=True)
    for rule in RULES.values():
        yield Draft(
            _rule_page(rule),
            rule.name,
            partial(_rule_sections, rule),
            partial(_rule_top, rule),
            parent=RULES_PAGE,
            rank=Rank.REFERENCE,
        )


def _rule_page(rule: Rule) -> str:
    return f"reference/rules/{rule.name}.md"


def _rules_top(_: Here) -> Markup:
    return paragraph("What ", tag("code", "gitsm check"), " looks for, and why.")


def _rules(here: Here) -> Iterator[Section]:
    groups: dict[str, list[Rule]] = {}
    for rule in sorted(RULES.values(), key=lambda rule: (rule.group, rule.name)):
        groups.setdefault(rule.group, []).append(rule)
    for group, members in groups.items():
        yield Section(label_of(group), _rule_table(here, members))


def _rule_table(here: Here, members: list[Rule]) -> Markup:
    rows = [
        [here.page(_rule_page(rule), tag("code", rule.name)), _severity(rule), rule.summary]
        for rule in members
    ]
    return table(["Rule", "Severity", "What is wrong"], rows)


def _severity(rule: Rule) -> Markup:
    return chip(rule.severity.value, _TONES[rule.severity])


def _rule_top(rule: Rule, _: Here) -> Markup:
    ignored = "can be ignored with a reason" if rule.suppressible else "can't be ignored"
    chips = tag("p", _severity(rule), " ", quiet(f"{rule.group}, {ignored}"))
    return chips + paragraph(rule.summary, class_="g-lead")


def _example(text: str) -> Markup:
    """An example as code, in which what can't be seen is spelled out."""
    return highlighted("\n".join(safe(line) for line in text.split("\n")), "yaml") if text else Markup("")


def _rule_sections(rule: Rule, _: Here) -> Iterator[Section]:
    reasons = [
        paragraph(_code(" ".join(part.split()))) for part in rule.explanation.split("\n\n") if part.strip()
    ]
    yield Section("Why it hurts", join(reasons))
    yield Section("Bad", _example(rule.bad))
    yield Section("Good", _example(rule.good))
    if rule.options:
        rows = [
            [tag("code", option.name), tag("code", json.dumps(option.default)), option.meaning]
            for option in rule.options
        ]
        named = ", ".join(f"{option.name} = {json.dumps(option.default)}" for option in rule.options)
        setting = f"[rules]\n{rule.name} = {{{named}}}"
        yield Section(
            "Options", table(["Option", "Unless set", "What it is"], rows) + highlighted(setting, "toml")
        )
    if rule.suppressible:
        comment = f"# gitsm: ignore[{rule.name}] because the reason stands here"
        yield Section("To let one stand", highlighted(comment, "yaml"))


def _code(text: str) -> Markup:
    """A text whose words between backquotes are code."""
    parts = text.split("`")
    return join([tag("code", part) if index % 2 else part for index, part in enumerate(parts)])


@makes_pages
def commands(site: Site) -> Iterator[Draft]:
    """Every command with its arguments and options, where the command line is known."""
    group = site.commands
    if group is None:
        return
    context = click.Context(group, info_name="gitsm")
    found = [(name, group.get_command(context, name)) for name in group.list_commands(context)]
    known = {name: command for name, command in found if command is not None}
    yield Draft(COMMANDS_PAGE, "Commands", partial(_commands, known), navigation=NAVIGATION)
    for name, command in known.items():
        sections = partial(_command_sections, context, name, command)
        yield Draft(
            _command_page(name), f"gitsm {name}", sections, parent=COMMANDS_PAGE, rank=Rank.REFERENCE
        )


def _commands(known: Mapping[str, click.Command], here: Here) -> Iterator[Section]:
    rows = [
        [here.page(_command_page(name), tag("code", f"gitsm {name}")), command.get_short_help_str(120)]
        for name, command in known.items()
    ]
    yield Section("", table(["Command", "What it does"], rows))


def _command_page(name: str) -> str:
    return f"reference/commands/{name}.md"


def _command_sections(context: click.Context, name: str, command: click.Command, _: Here) -> Iterator[Section]:
    inner = click.Context(command, info_name=name, parent=context)
    help_ = (command.help or "").replace("\b\n", "").split("\f")[0]
    parts = [paragraph(_code(" ".join(part.split()))) for part in help_.split("\n\n") if part.strip()]
    usage = f"{inner.command_path} {' '.join(command.collect_usage_pieces(inner))}"
    yield Section("", join([*parts, highlighted(usage, "console")]))
    rows = []
    for parameter in command.get_params(inner):
        record = parameter.get_help_record(inner)
        if record is not None:
            rows.append([tag("code", record[0]), record[1]])
    yield Section("Options", table(["Option", "What it does"], rows))
