"""Run Odoo: install, upgrade, shell scripts; checked by more than the exit code, which Odoo leaves at 0."""

from collections.abc import Iterable

from . import logcheck, paths, postgres, venvs
from .console import Problem
from .process import run

# The first one becomes the language of every user, so that tests and logins are in English by default.
LANGUAGES = "en_US,fr_FR"


def command(*arguments: str) -> list[str]:
    """Return the command line of an Odoo with the project's configuration."""
    return [str(venvs.folder("odoo") / "bin" / "odoo"), *arguments[:1], "-c", str(paths.CONFIG), *arguments[1:]]


def install(database: str, modules: Iterable[str], *extra: str, log: str) -> None:
    """Install or upgrade ``modules`` and check the log and their final states.

    :param list modules: names; with "-u" in ``extra`` they are upgraded
    :param str log: name of the log file, which is overwritten
    """
    file = paths.log_file(log)
    file.unlink(missing_ok=True)
    flag = "-u" if "-u" in extra else "-i"
    others = [argument for argument in extra if argument != "-u"]
    arguments = ["-d", database, flag, ",".join(modules), "--stop-after-init", "--no-http", *others]
    output = run(command("server", *arguments), label=f"odoo {flag} {','.join(modules)}", log=file)
    logcheck.check(output, file)
    check_states(database, modules)


def installed(database: str) -> list[str]:
    """Return the names of the modules that are installed."""
    return postgres.sql("SELECT name FROM ir_module_module WHERE state = 'installed'", database)


def check_states(database: str, modules: Iterable[str]) -> None:
    """Raise a problem when a module is not installed: Odoo only warns about an unknown or uninstallable one."""
    if missing := sorted(set(modules) - set(installed(database))):
        raise Problem(f"not installed: {', '.join(missing)}", "look for their names in .dev/log")


def script(database: str, text: str, *, log: str) -> str:
    """Run Python ``text`` in ``odoo shell`` and commit; raise a problem if it does not reach its end."""
    file = paths.log_file(log)
    ending = "script reached its end"
    whole = f"{text}\nenv.cr.commit()\nprint('{ending}')\n"
    output = run(command("shell", "-d", database, "--no-http"), stdin=whole, label="odoo shell", log=file)
    if ending not in output:
        raise Problem(f"a script in odoo shell failed, see {file}")
    return output


def warming(bundles: Iterable[str]) -> str:
    """Return a script that creates asset bundles once, without concurrency.

    Odoo writes them non-atomically on their first request: parallel requests then fail with 422 "attachment
    collides".
    """
    return (
        f"for name in {bundles!r}:\n    bundle = env['ir.qweb']._get_asset_bundle(name, css=True, js=True)\n"
        "    bundle.css(), bundle.js()\n"
    )
