"""Editors complete and check records while they are typed, by the settings that `gitsm init` writes.

The server that editors use, npm's yaml-language-server, is started and spoken to as an editor would.
`npm ci --prefix tests/editor` installs it; without it these tests are skipped.
"""

from __future__ import annotations

import json
import queue
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gitsm.cli import main

SERVER = Path(__file__).parent / "editor/node_modules/yaml-language-server/bin/yaml-language-server"
NODE = shutil.which("node")
PATIENCE = 60
"""Seconds after which the server is taken for dead."""

pytestmark = [
    pytest.mark.skipif(NODE is None, reason="there is no Node to run the YAML language server with"),
    pytest.mark.skipif(
        not SERVER.exists(), reason="no YAML language server: npm ci --prefix tests/editor installs it"
    ),
    pytest.mark.xdist_group("editor"),
]

GOOD = """\
title: Renew the certificate
type: normal
services: [website]
window: {start: 2026-11-28T22:00+01:00, end: 2026-11-29T02:00+01:00}
plan:
  - {step: Ask for it, takes: 10 min}
rollback: Put the old one back.
"""
BAD = """\
title: Renew the certificate
type: nromal
services: website
window: {start: tomorrow, end: 2026-11-29T02:00+01:00}
rolback: Put the old one back.
"""


class Editor:
    """The part of an editor that speaks to a language server."""

    def __init__(self, folder: Path, settings: dict[str, Any]) -> None:
        self.folder, self.settings = folder, settings
        self._server = subprocess.Popen(
            [str(NODE), str(SERVER), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder
        )
        self._messages: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        self._number = 0
        uri = folder.as_uri()
        self.request(
            "initialize",
            {
                "processId": None,
                "rootUri": uri,
                "workspaceFolders": [{"uri": uri, "name": "here"}],
                "capabilities": {
                    "workspace": {"configuration": True, "workspaceFolders": True},
                    "textDocument": {"publishDiagnostics": {}, "completion": {"completionItem": {}}},
                },
            },
        )
        self.notify("initialized", {})

    def close(self) -> None:
        self._server.kill()
        self._server.communicate()

    def notify(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def request(self, method: str, params: Any) -> Any:
        self._number += 1
        number = self._number
        self._send({"id": number, "method": method, "params": params})
        answer = self._until(lambda message: message.get("id") == number and "method" not in message)
        assert "error" not in answer, answer
        return answer["result"]

    def open(self, file: str, text: str) -> str:
        uri = (self.folder / file).as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})
        return uri

    def findings(self, file: str, text: str) -> list[dict[str, Any]]:
        """What the server has against a text."""
        uri = self.open(file, text)
        found = self._until(
            lambda message: (
                message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri
            )
        )
        return list(found["params"]["diagnostics"])

    def _until(self, wanted: Any) -> dict[str, Any]:
        while True:
            message = self._messages.get(timeout=PATIENCE)
            if wanted(message):
                return message
            if "id" in message and "method" in message:
                self._send({"id": message["id"], "result": self._answer(message)})

    def _answer(self, message: dict[str, Any]) -> Any:
        if message["method"] != "workspace/configuration":
            return None
        return [self._section(item.get("section", "")) for item in message["params"]["items"]]

    def _section(self, name: str) -> dict[str, Any]:
        prefix = f"{name}."
        return {
            key.removeprefix(prefix): value for key, value in self.settings.items() if key.startswith(prefix)
        }

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._server.stdin is not None
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._server.stdin.flush()

    def _listen(self) -> None:
        stream = self._server.stdout
        assert stream is not None
        while line := stream.readline():
            if line.lower().startswith(b"content-length:"):
                size = int(line.split(b":")[1])
                while stream.readline().strip():
                    pass
                self._messages.put(json.loads(stream.read(size)))


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    folder = tmp_path_factory.mktemp("editor") / "acme"
    made = CliRunner().invoke(main, ["init", str(folder)])
    assert made.exit_code == 0, made.output
    settings = json.loads((folder / ".vscode/settings.json").read_text())
    # The public list of schemas is fetched from the network unless it is turned off.
    found = Editor(folder, {**settings, "yaml.schemaStore": {"enable": False}, "yaml.completion": True})
    yield found
    found.close()


def test_a_good_change_has_no_findings(editor: Editor) -> None:
    assert editor.findings("changes/2026/2026-11-02-certificate.yaml", GOOD) == []


def test_a_bad_change_has_a_finding_at_each_mistake(editor: Editor) -> None:
    found = editor.findings("changes/2026/2026-11-02-bad.yaml", BAD)
    lines = {finding["range"]["start"]["line"] for finding in found}
    messages = "\n".join(finding["message"] for finding in found)
    assert {1, 2, 3, 4} <= lines, messages
    assert "rolback is not allowed" in messages
    assert 'Missing property "rollback"' in messages


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("services/shop/service.yaml", "name: Shop\nowner: operations\n", 'Missing property "lifecycle"'),
        ("services/shop/sla-gold.yaml", "type: SLO\nprovider: a\ncustomer: b\n", "SLA"),
        ("services/shop/requests/refund.yaml", "titel: Refund\n", "titel is not allowed"),
        ("organization/teams/shop.yaml", "name: [Shop]\n", "string"),
        ("organization/policy.yaml", "preset: strict\n", "small-team"),
    ],
)
def test_each_folder_has_the_schema_of_its_kind(editor: Editor, file: str, text: str, expected: str) -> None:
    assert expected in "\n".join(finding["message"] for finding in editor.findings(file, text))


def test_keys_are_completed_and_explained(editor: Editor) -> None:
    uri = editor.open("changes/2026/2026-11-02-started.yaml", "title: Renew the certificate\nwin\n")
    place = {"textDocument": {"uri": uri}, "position": {"line": 1, "character": 3}}
    answer = editor.request("textDocument/completion", place)
    items = answer["items"] if isinstance(answer, dict) else answer
    assert "window" in [item["label"] for item in items]
    place["position"] = {"line": 0, "character": 2}
    assert "What is changed" in json.dumps(editor.request("textDocument/hover", place))
