"""Every action that somebody does, and every file that is handed out, is noted; or a reason stands here.

The code is read, not run: from each such function a call of note(), note_each() or note_look() must be
reachable through functions of this house.
"""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
PLACES = ("courses", "certificates", "cms/users")
NOTES = {("courses.trail.actions", name) for name in ("note", "note_each", "note_look", "note_for_later")}
Function = tuple[str, str]  # module, name (of a method: Class.name)

# Reviewed: what takes `by` and is noted by who calls it, or is neither a decision, nor a correction, nor use
# of a key. A row whose function is gone or is noted by now fails too.
NOT_NOTED = {
    "courses.attendance.actions.mark_register": "single marks; confirming and correcting are noted",
    "courses.attendance.actions.note_presence": "a single mark, by her card; kept with author and time",
    "courses.attendance.excuses.ask_excuse": "her own notice; its answer is noted, its reason is nobody's",
    "courses.care.actions.note_care": "no decision; kept with author and time",
    "courses.own_data.erasing.erase_records": "part of erasing a person, which is noted with her account",
    "courses.school.wizard.start_draft": "a draft; creating the school is noted",
    "certificates.actas.actions.add_line": "part of proposing and correcting, which are noted",
    "certificates.awards.facts.certificate": "part of issuing and replacing, which are noted",
    "certificates.awards.register.enter": "part of registering, issuing and replacing, which are noted",
    "certificates.awards.register.entries_for": "part of issuing, which is noted",
    "courses.moving.building.Builder.__init__": "the worker's tool; bringing the course in is noted",
}
# Reviewed: what hands out a file without anything personal.
PLAIN_FILES = {
    "courses.translations.views.download_po": "words of a lesson, for translators",
    "certificates.verification.views.offline": "the public verifier, the same for everybody",
    "courses.moving.viewsets.TakeQuestions.get": "questions of a bank, of nobody",
    "cms.users.factor_views.codes_file": "her own recovery codes, to herself; making them is noted",
    "cms.users.own_data.views.receipt_file": "her own receipt, to herself; what it says is noted",
}


class Reader(ast.NodeVisitor):
    """The functions of one module: what each takes, calls and says."""

    def __init__(self, module: str, tree: ast.Module) -> None:
        self.module, self.inside = module, [""]
        self.imported: dict[str, str] = {}
        self.takes_by: set[Function] = set()
        self.calls: dict[Function, set[Function]] = {}
        self.called: dict[Function, set[Function]] = {}
        self.hands_out: set[Function] = set()
        self.visit(tree)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for one in node.names:
            self.imported[one.asname or one.name] = f"{node.module}.{one.name}"

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.inside.append(f"{node.name}.")
        self.generic_visit(node)
        self.inside.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        me = (self.module, self.inside[-1] + node.name)
        names = {one.arg for one in (*node.args.args, *node.args.kwonlyargs)}
        if "by" in names and (not node.name.startswith("_") or node.name == "__init__"):
            self.takes_by.add(me)
        self.calls[me] = {
            target for one in ast.walk(node) if isinstance(one, ast.expr) if (target := self._target(one))
        }
        made = {
            target
            for one in ast.walk(node)
            if isinstance(one, ast.Call)
            if (target := self._target(one.func))
        }
        self.called[me] = made
        said = {one.value for one in ast.walk(node) if isinstance(one, ast.Constant)}
        keywords = {one.arg for one in ast.walk(node) if isinstance(one, ast.keyword)}
        if "Content-Disposition" in said or "as_attachment" in keywords:
            self.hands_out.add(me)

    def _target(self, named: ast.expr) -> Function | None:
        """The function of this house that a name stands for, as far as it can be read off."""
        if isinstance(named, ast.Name):
            if named.id in self.imported:
                module, _dot, name = self.imported[named.id].rpartition(".")
                return module, name
            return self.module, named.id
        if isinstance(named, ast.Attribute) and isinstance(named.value, ast.Name):
            if named.value.id in {"self", "cls"}:
                return self.module, f"*.{named.attr}"
            if named.value.id in self.imported:
                return self.imported[named.value.id], named.attr
        return None


@cache
def readers() -> tuple[Reader, ...]:
    """Every module of the places, read."""
    found = []
    for place in PLACES:
        for path in sorted((ROOT / place).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "migrations" in parts or parts[:2] == ("courses", "trail"):
                continue
            module = ".".join(parts).removesuffix(".__init__")
            found.append(Reader(module, ast.parse(path.read_text())))
    return tuple(found)


@cache
def calls() -> dict[Function, set[Function]]:
    """Who calls whom; the door `courses.api` hands the notes on, and `self.x` is any method of the module."""
    known = {me: targets for reader in readers() for me, targets in reader.calls.items()}
    methods: dict[Function, set[Function]] = {}
    for module, name in known:
        if "." in name:
            methods.setdefault((module, f"*.{name.rpartition('.')[2]}"), set()).add((module, name))
    doors = {("courses.api", name): {("courses.trail.actions", name)} for _module, name in NOTES}
    return {**known, **methods, **doors}


def is_noted(function: Function) -> bool:
    """A note is reachable from it."""
    seen, waiting = set(), [function]
    while waiting:
        one = waiting.pop()
        if one in NOTES:
            return True
        if one not in seen:
            seen.add(one)
            waiting += calls().get(one, set())
    return False


def spelled(function: Function) -> str:
    return ".".join(function)


def answers() -> dict[Function, set[Function]]:
    """Who calls whom, where what is only named, as in URL patterns, does not count."""
    return {me: targets for reader in readers() for me, targets in reader.called.items()}


def hand_outs() -> set[Function]:
    """Who hands out a file: whoever says so itself, or calls a function that only lays it into an answer."""
    direct = {one for reader in readers() for one in reader.hands_out}
    callers = {helper: {me for me, called in answers().items() if helper in called} for helper in direct}
    return {one for helper in direct for one in (callers[helper] - {helper} or {helper})}


def test_whatever_somebody_does_is_noted_or_a_reason_stands_here() -> None:
    missing = {
        spelled(one) for reader in readers() for one in reader.takes_by if not is_noted(one)
    } - NOT_NOTED.keys()
    assert not missing, f"call trail.note() in it, or give a reason: {sorted(missing)}"


def test_whatever_hands_out_a_file_is_noted_or_a_reason_stands_here() -> None:
    missing = {spelled(one) for one in hand_outs() if not is_noted(one)} - PLAIN_FILES.keys()
    assert not missing, f"call note_look() before the answer, or give a reason: {sorted(missing)}"


def test_no_reason_stands_here_for_what_is_gone_or_noted() -> None:
    needed = {spelled(one) for reader in readers() for one in reader.takes_by if not is_noted(one)}
    needed |= {spelled(one) for one in hand_outs() if not is_noted(one)}
    assert {*NOT_NOTED, *PLAIN_FILES} <= needed


def test_the_reading_finds_what_is_there() -> None:
    assert is_noted(("certificates.actas.actions", "approve_acta"))
    assert not is_noted(("courses.attendance.actions", "mark_register"))
    assert ("certificates.awards.views", "download") in hand_outs()
