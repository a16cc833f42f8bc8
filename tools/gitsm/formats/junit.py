"""A test report in the form of JUnit, which nearly every build server shows.

Each finding is a test case of its file: an error one that failed, a warning or a note one that was
skipped, so that the report is green where the check is. Where nothing was found there is one test case
that passed, because build servers take an empty report for a broken one. What stood before is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from gitsm.diagnostic import Diagnostic, Severity
from gitsm.formats.concise import where
from gitsm.lint import Report
from gitsm.terminal import safe


def render(report: Report, *, colour: bool, width: int) -> Iterator[str]:
    """One XML document, in ASCII."""
    failures = report.count(Severity.ERROR)
    suite = ET.Element(
        "testsuite",
        name="gitsm check",
        tests=str(max(len(report.findings), 1)),
        failures=str(failures),
        errors="0",
        skipped=str(len(report.findings) - failures),
    )
    count: Counter[tuple[str, str]] = Counter()
    for finding in report.findings:
        _case(suite, finding, count)
    if not report.findings:
        ET.SubElement(suite, "testcase", classname="gitsm check", name="no findings")
    ET.indent(suite)
    text = ET.tostring(suite, encoding="us-ascii", xml_declaration=False).decode("ascii")
    # A build machine that prints the file must find no command in it.
    text = text.replace("##", "#&#35;")
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield from text.split("\n")


def _case(suite: ET.Element, finding: Diagnostic, count: Counter[tuple[str, str]]) -> None:
    # Without the line, so that a build server knows the case again when it has moved; a name stands
    # once in its class. `safe` also takes away what XML 1.0 forbids.
    file, name = safe(finding.place.file), safe(f"{finding.rule}: {finding.message}")
    count[file, name] += 1
    number = f" ({count[file, name]})" if count[file, name] > 1 else ""
    case = ET.SubElement(suite, "testcase", classname=file, name=name + number, file=file)
    about = safe(f"{where(finding)}: {finding.message}")
    hint = f" (hint: {safe(finding.hint)})" if finding.hint else ""
    if finding.severity is Severity.ERROR:
        failure = ET.SubElement(case, "failure", type=safe(finding.rule), message=safe(finding.message))
        failure.text = about + hint
    else:
        ET.SubElement(case, "skipped", message=f"{finding.severity}: {about}{hint}")
