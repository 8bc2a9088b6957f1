"""Play the scenes in a real browser against the running demo; exit 1 if one fails."""

import sys
import time
import traceback
from collections.abc import Callable

from .person import ROOT, Person, browser
from .scenes import SCENES


def play(scene: Callable[..., Person]) -> bool:
    """Play one scene in a separate browser and return whether it succeeded."""
    began = time.monotonic()
    print(f"{scene.__name__}: {(scene.__doc__ or '').splitlines()[0]}", flush=True)
    with browser() as log_in:
        people: list[Person] = []

        def remembering(login: str, **size: int) -> Person:
            people.append(log_in(login, **size))
            return people[-1]

        try:
            scene(remembering)
            errors = [error for person in people for error in person.errors]
            assert not errors, errors
        except Exception:
            traceback.print_exc()
            for person in people:
                person.page.screenshot(path=ROOT / ".dev" / f"failed-{scene.__name__}.png")
            return False
    print(f"  ok in {time.monotonic() - began:.1f} s", flush=True)
    return True


def main(names: list[str]) -> int:
    """Play the named scenes, all if none is named."""
    results = [play(scene) for scene in SCENES if not names or scene.__name__ in names]
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
