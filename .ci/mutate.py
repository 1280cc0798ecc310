"""`make mutate`: change the pure modules one place at a time, and count the changes that no test notices.

The changes (mutants) are those of mutmut. Its own runner cannot be used: it takes `warnings/` for a package and leaves out
every decorated function. cosmic-ray starts a pytest for each mutant, nine a minute. Here Django is set up once, then each
mutant is tried in a fork of that process, which imports the changed source in place of the file. Nothing is written.

The tests named in `MODULES` run without pytest-django, conftest, database or Redis. Wording is not changed: texts of `_()`,
of exceptions and of log lines. Hypothesis draws the same examples in each run, so the figures can be repeated.

`make mutate ARGS="periods scope"` runs the modules whose path contains one of the words, `EVERY=5` every fifth mutant.
"""

import difflib
import gc
import importlib
import importlib.machinery
import importlib.util
import os
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / ".venv" / "mutate"))
EVERY = int(os.environ.get("EVERY") or 1)
WORKERS = os.cpu_count() or 2
CPU_S, WALL_S, MEMORY_BYTES = (
    20,
    300,
    4 * 2**30,
)  # of one mutant; the first does not depend on the machine's load
LIMITS = {signal.SIGXCPU, signal.SIGKILL, signal.SIGALRM}
# imported anew in every fork: the module that is changed, and those that hold what it defines
FRESH = (
    "foundation.periods",
    "foundation.deadlines.calendar",
    "foundation.tenancy.scope",
    "foundation.tenancy.policies",
    "deliveries.sealing",
    "deliveries.addresses",
    "deliveries.sending",
    "deliveries.operations.pushing",
    "ratings.standards.rules",
    "ratings.standards.rulebook",
    "ratings.standards.parsing",
    "ratings.engine.judging",
    "ratings.engine.measuring",
)


@dataclass(frozen=True)
class Module:
    """A file, the tests that should notice a change of it, and what of it is pure: these names, or all but those."""

    path: str
    tests: tuple[str, ...]
    only: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return self.path.removeprefix("warnings/").removesuffix(".py").replace("/", ".")


MODULES = (
    Module("foundation/periods.py", ("tests/pure/test_periods.py",)),
    Module("foundation/deadlines/calendar.py", ("tests/pure/test_calendar.py",)),
    Module(
        "foundation/tenancy/scope.py",
        ("tests/pure/test_scope.py",),
        never=frozenset({"station_scope", "_entered"}),  # they write to the database
    ),
    Module("foundation/tenancy/policies.py", ("tests/pure/test_policies.py",)),
    Module(
        "warnings/ratings/standards/rules.py",
        ("tests/pure/test_rules.py",),
        # SQL: tests/ratings/test_faces.py lets PostgreSQL calculate with it
        never=frozenset({"sql", "units", "total", "points_of", "reaches", "_prorated", "literal", "whole"}),
    ),
    Module(
        "warnings/ratings/engine/judging.py",
        ("tests/ratings/test_decisions.py", "tests/pure/test_judging.py"),
    ),
    Module(
        "warnings/ratings/engine/measuring.py",
        ("tests/pure/test_measuring.py",),
        only=frozenset({"constants", "stored_measures", "installed_measures"}),
    ),
    Module("warnings/deliveries/sealing.py", ("tests/pure/test_sealing.py",)),
    Module("warnings/deliveries/addresses.py", ("tests/pure/test_addresses.py",)),
    Module(
        "warnings/deliveries/sending.py",
        ("tests/pure/test_sending.py",),
        only=frozenset({"judge", "seconds_to_wait", "signed_headers", "_fault"}),
    ),
    Module(
        "warnings/deliveries/operations/pushing.py",
        ("tests/pure/test_retries.py",),
        only=frozenset({"wait_before", "FIRST_WAIT_S"}),
    ),
)


class Mutants:
    """The changes of one file, each as a pair of nodes: what stands there, and what would."""

    def __init__(self, module: Module) -> None:
        import libcst
        from mutmut.mutation.mutators import mutation_operators

        self.cst, self.operators = libcst, mutation_operators
        self.text = (ROOT / module.path).read_text()
        self.module = module
        self.tree = libcst.MetadataWrapper(libcst.parse_module(self.text)).module
        self.pairs = [pair for node in self._pure() for pair in self._of(node)][::EVERY]

    def _pure(self) -> Iterator[Any]:
        for node in self.tree.body:
            names = self._names(node)
            if names & self.module.never or (self.module.only and not names & self.module.only):
                continue
            yield node

    def _names(self, node: Any) -> set[str]:
        """The names a statement defines."""
        if isinstance(node, self.cst.FunctionDef | self.cst.ClassDef):
            return {node.name.value}
        if not isinstance(node, self.cst.SimpleStatementLine):
            return set()
        lines = [each for each in node.body if isinstance(each, self.cst.Assign)]
        targets = [target.target for line in lines for target in line.targets]
        flat = [
            each
            for target in targets
            for each in ([e.value for e in getattr(target, "elements", [])] or [target])
        ]
        return {each.value for each in flat if isinstance(each, self.cst.Name)}

    def _of(self, node: Any) -> Iterator[tuple[Any, Any]]:
        cst = self.cst
        if isinstance(node, cst.Import | cst.ImportFrom | cst.Annotation | cst.Decorator | cst.Raise):
            return
        if isinstance(node, cst.FunctionDef) and node.name.value in self.module.never:
            return
        if isinstance(node, cst.Call) and self._is_wording(node.func):
            return
        for kind, operator in self.operators:
            if isinstance(node, kind):
                yield from ((node, changed) for changed in operator(node))
        for child in node.children:
            yield from self._of(child)

    def _is_wording(self, function: Any) -> bool:
        cst = self.cst
        if isinstance(function, cst.Attribute):
            return isinstance(function.value, cst.Name) and function.value.value == "logger"
        return isinstance(function, cst.Name) and function.value == "_"

    def source(self, number: int) -> str:
        """The file with one of the changes."""
        return self.tree.deep_replace(*self.pairs[number]).code

    def difference(self, number: int) -> str:
        """The lines that a change touches."""
        lines = difflib.unified_diff(
            self.text.splitlines(), self.source(number).splitlines(), n=0, lineterm=""
        )
        return "\n".join(line for line in lines if not line.startswith(("---", "+++")))


class Changed(importlib.machinery.SourceFileLoader):
    """Loads another source than that of the file."""

    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self.source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.source, self.path, "exec", dont_inherit=True)


class Finder:
    """Finds the changed module before the one on the disk."""

    def __init__(self, module: Module, source: str) -> None:
        self.module, self.source = module, source

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name != self.module.name:
            return None
        file = str(ROOT / self.module.path)
        return importlib.util.spec_from_file_location(name, file, loader=Changed(name, file, self.source))


def prepare() -> None:
    """Import once what every fork needs, with the settings of an invented production: nothing connects."""
    from checks import PRODUCTION

    sys.path[:0] = [str(ROOT), str(ROOT / "warnings")]
    os.chdir(ROOT)
    os.environ.update(
        PRODUCTION, DJANGO_SETTINGS_MODULE="config.settings", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"
    )
    sys.dont_write_bytecode = True

    import django

    django.setup()
    import hypothesis
    from _pytest.config import default_plugins

    for plugin in default_plugins:
        importlib.import_module(f"_pytest.{plugin}")
    importlib.import_module("tests.fixtures")
    hypothesis.settings.register_profile(
        "mutate", derandomize=True, database=None, deadline=None, max_examples=25
    )
    hypothesis.settings.load_profile("mutate")
    hypothesis.given(hypothesis.strategies.text())(lambda text: None)()  # what it imports when it first draws
    gc.collect()
    gc.freeze()  # or each fork would copy what the collector touches


def attempt(module: Module, source: str | None) -> int:
    """In a fork: run the tests of a module over another source; pytest's code."""
    import pytest

    signal.alarm(WALL_S)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2) if source is not None else (0,):
        os.dup2(quiet, stream)
    for name in FRESH:
        if sys.modules.pop(name, None):
            package, _dot, last = name.rpartition(".")
            vars(sys.modules[package]).pop(last, None)
    if source is not None:
        sys.meta_path.insert(0, Finder(module, source))
    options = ["-x", "-q", "--noconftest", "-c", os.devnull, f"--rootdir={ROOT}", "-p", "no:cacheprovider"]
    return int(pytest.main([*options, "--assert=plain", "-W", "ignore", *module.tests]))


def fork(module: Module, mutants: Mutants | None = None, number: int = 0) -> int:
    """Start an attempt, without ``mutants`` over the file as it is; its process id."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    code = 1  # whatever ends the import or pytest itself was noticed
    try:
        code = attempt(module, mutants.source(number) if mutants else None)
    finally:
        os._exit(code)


def outcome(status: int) -> str:
    """What the end of an attempt says."""
    if os.WIFSIGNALED(status):
        return "timeout" if os.WTERMSIG(status) in LIMITS else "killed"
    return "killed" if os.WEXITSTATUS(status) else "survived"


def tried(module: Module, mutants: Mutants) -> tuple[Counter[str], list[int]]:
    """What came of every mutant of a module, and the numbers of those that survived."""
    result: Counter[str] = Counter()
    survivors: list[int] = []
    running: dict[int, int] = {}  # process id -> mutant
    waiting = list(reversed(range(len(mutants.pairs))))
    while waiting or running:
        while waiting and len(running) < WORKERS:
            number = waiting.pop()
            running[fork(module, mutants, number)] = number
        child, status = os.wait()
        number = running.pop(child)
        found = outcome(status)
        result[found] += 1
        if found == "survived":
            survivors.append(number)
    return result, sorted(survivors)


def main() -> int:
    """Try all mutants of the modules asked for; the figures come last."""
    words = sys.argv[1:]
    prepare()
    began, rows = time.monotonic(), []
    for module in MODULES:
        if words and not any(word in module.path for word in words):
            continue
        _child, status = os.waitpid(fork(module), 0)
        if status:
            print(f"{module.path}: its tests fail, or there are none, even without a change")
            return 1
        mutants = Mutants(module)
        result, survivors = tried(module, mutants)
        rows.append((module.path, result))
        print(f"\n{module.path}: {len(survivors)} of {len(mutants.pairs)} survived", flush=True)
        for number in survivors:
            print(mutants.difference(number), flush=True)
    total: Counter[str] = sum((result for _path, result in rows), Counter())
    print(f"\n{'':48}{'mutants':>8}{'killed':>8}{'timeout':>8}{'survived':>9}")
    for path, result in [*rows, ("all", total)]:
        figures = f"{result.total():8}{result['killed']:8}{result['timeout']:8}{result['survived']:9}"
        noticed = 1 - result["survived"] / max(1, result.total())
        print(f"{path:48}{figures}  {noticed:.1%}")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = used.ru_utime + used.ru_stime
    print(f"{time.monotonic() - began:.0f} s with {WORKERS} workers, {cpu_s:.0f} s of one core")
    return 0


if __name__ == "__main__":
    sys.exit(main())
