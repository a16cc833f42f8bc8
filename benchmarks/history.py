"""How long the history of all records takes, next to `git log --raw` alone over the same commits.

Both run in turns, so that what else the machine does hits both. The target is what Git takes plus a
second for 20,000 commits.

    python benchmarks/history.py --commits 20000 --runbooks 1000 --pairs 5
"""

from __future__ import annotations

import argparse
import gc
import random
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from gitsm.git import Git, find
from gitsm.history import Unknown, history_of
from gitsm.repository import Repository
from gitsm.tree import RevisionTree

NOW = datetime(2026, 12, 1, tzinfo=UTC)
FOLDERS = 20
STEPS = "".join(f"{number}. Look at the figures, and restart what is late.\n" for number in range(20))


def runbook(number: int, day: int, edition: int) -> tuple[str, str]:
    """A runbook's path and text."""
    front = f"services: [service-{number}]\nreviewed: 2026-01-{day:02}\ntags: [edition-{edition}]\n"
    return (
        f"runbooks/team-{number % FOLDERS}/runbook-{number}.md",
        f"---\n{front}---\n\n# Runbook {number}\n\n{STEPS}",
    )


def service(number: int, edition: int) -> tuple[str, str]:
    """A service's path and text."""
    text = f"name: Service {number}\nowner: team-{edition % 7}\ntier: 3\nlifecycle: live\n"
    depends = f"depends_on:\n  - {{service: service-{edition % 5}, criticality: hard}}\n"
    return f"services/service-{number}/service.yaml", text + depends


def stream(commits: int, runbooks: int, seed: int) -> Iterator[bytes]:
    """What `git fast-import` makes the repository of: one commit with all, then two files in each."""
    choose = random.Random(seed)
    for number in range(commits):
        yield f"commit refs/heads/main\ncommitter T <t@example.org> {1_600_000_000 + number} +0000\n".encode()
        yield b"data 4\ntext\n"
        if number == 0:
            files = [made for which in range(runbooks) for made in (runbook(which, 1, 0), service(which, 0))]
        else:
            which, other = choose.randrange(runbooks), choose.randrange(runbooks)
            files = [
                runbook(which, choose.randint(1, 2), number),
                service(other, number),
                ("src/main.c", str(number)),
            ]
        for path, text in files:
            yield f"M 100644 inline {path}\ndata {len(text)}\n{text}\n".encode()


def make(folder: str, commits: int, runbooks: int, seed: int) -> Git:
    """The repository, packed as fast-import packs it."""
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", folder], check=True)
    with tempfile.TemporaryFile() as file:
        file.writelines(stream(commits, runbooks, seed))
        file.seek(0)
        subprocess.run(["git", "-C", folder, "fast-import", "--quiet"], stdin=file, check=True)
    git = find(Path(folder))
    assert git is not None
    return git


def seconds(task: Callable[[], object]) -> float:
    """How long one run takes."""
    gc.collect()
    begin = time.perf_counter()
    task()
    return time.perf_counter() - begin


def log_alone(folder: str) -> None:
    """What we are measured against."""
    options = ["--first-parent", "--raw", "-z", "--no-renames", "--no-abbrev", "--format=%H %ct"]
    command = ["git", "-C", folder, "log", *options, "main", "--", "runbooks", "services"]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


def ask_everything(repository: Repository) -> int:
    """Which services changed after the review of their runbook: how many of all."""
    history = history_of(repository)
    assert history is not None
    suspect = 0
    for record in repository.all("runbook"):
        reviewed = history.since_when(record, "reviewed")
        subject = repository.find("service", record.data["services"][0])
        assert not isinstance(reviewed, Unknown)
        assert subject is not None
        suspect += history.changed_since(subject, reviewed, "depends_on") is True
    return suspect


def main() -> None:
    """Makes the repository, runs the pairs, prints the ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--commits", type=int, default=20_000, help="how many commits (default 20000)")
    parser.add_argument(
        "--runbooks", type=int, default=1_000, help="how many runbooks and services (default 1000)"
    )
    parser.add_argument("--pairs", type=int, default=5, help="how many pairs of runs (default 5)")
    parser.add_argument("--seed", type=int, default=1, help="which edits (default 1)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        git = make(folder, arguments.commits, arguments.runbooks, arguments.seed)
        commit = git.resolve("main")
        tree = RevisionTree(git, commit)
        theirs, passes, answers, suspect = [], [], [], 0
        for _ in range(arguments.pairs):
            repository = Repository(tree, now=NOW, git=git, commit=commit)
            theirs.append(seconds(lambda: log_alone(folder)))
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            passes.append(seconds(lambda repository=repository: history_of(repository)))
            after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            if not answers:
                print(f"memory of the pass  {(after - before) / 1024:.0f} MB more")
            begin = time.perf_counter()
            suspect = ask_everything(repository)
            answers.append(time.perf_counter() - begin)
    ratios = [ours / alone for alone, ours in zip(theirs, passes, strict=True)]
    print(f"{arguments.commits} commits, {arguments.runbooks} runbooks, {suspect} of them suspect")
    print(f"git log --raw       {statistics.median(theirs):.3f} s")
    print(f"the pass            {statistics.median(passes):.3f} s")
    print(f"ratio               {statistics.median(ratios):.2f}  ({min(ratios):.2f} to {max(ratios):.2f})")
    print(f"every runbook asked {statistics.median(answers):.3f} s")


if __name__ == "__main__":
    main()
