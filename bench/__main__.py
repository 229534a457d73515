"""List the timings, or run one: `python bench ratings --threads 8`; `make bench` calls this."""

from __future__ import annotations

import ast
import runpy
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
RUNNABLE = 'if __name__ == "__main__":'


def timings() -> dict[str, str]:
    """The name of each timing and the first line of its docstring."""
    found = {}
    for path in sorted(FOLDER.glob("[a-z]*.py")):
        source = path.read_text(encoding="utf-8")
        if RUNNABLE in source:
            found[path.stem] = (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]
    return found


def main() -> None:
    known = timings()
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name in known:
        del sys.argv[0]
        sys.path.insert(0, str(FOLDER))
        runpy.run_path(str(FOLDER / f"{name}.py"), run_name="__main__")
        return
    for timing, purpose in known.items():
        print(f"{timing:16} {purpose}")
    print('\nRun one: make bench NAME=ratings ARGS="--threads 8"')
    if name:
        sys.exit(f"There is no timing {name}.")


if __name__ == "__main__":
    main()
