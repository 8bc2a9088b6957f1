"""./dev demo: from nothing to a running Odoo with demo data, and a page with address and logins."""

import shutil
from argparse import Namespace

from .. import addons, database, environment, odoo, paths, postgres, server, system, templates
from ..beside import beside
from ..console import say, step
from ..server import State

# The users are created by the add-on's demo data; this table only describes them.
LOGINS = (
    ("admin", "admin", "Administrator"),
    ("manager", "manager", "Sales manager"),
    ("sam", "sam", "Salesperson"),
    ("zoe", "zoe", "Salesperson in a second company"),
)
BUNDLES = (
    "web.assets_web",
    "web.assets_frontend",
    "web.assets_frontend_minimal",
    "web.assets_frontend_lazy",
    "web.assets_web_print",
)
# Nothing of a demo may leave the machine, and no log may fill with refused connections: see docs/decisions.
SETTLE = """\
for name in (
    "mail.ir_cron_module_update_notification",
    "mail.ir_cron_mail_scheduler_action",
    "crm_iap_enrich.ir_cron_lead_enrichment",
):
    cron = env.ref(name, raise_if_not_found=False)
    if cron:
        cron.active = False
parameters = env["ir.config_parameter"].sudo()
parameters.set_param("mail.mail.force.send.limit", "0")
parameters.set_param("iap.endpoint", "http://127.0.0.1:1")
"""

NO_PDF = """
env["mail.template"].search([("report_template_ids", "!=", False)]).report_template_ids = False
"""


def settle(database_name: str, more: str = "") -> None:
    """Apply the settings of a demo, run the additional scripts ``more`` in Odoo's console, and warm up the pages."""
    settings = SETTLE if shutil.which("wkhtmltopdf") else SETTLE + NO_PDF
    with step("settings: no mail and no call leaves this machine; style sheets and scripts of the web pages"):
        odoo.script(database_name, settings + more + odoo.warming(BUNDLES), log="demo-settle")


def _install(building: str) -> None:
    templates.install_demo(building)
    settle(building)


def prepare() -> str:
    """Return the name of the demo database, built if it does not exist."""
    name = database.name("demo")
    if (paths.FILESTORE / name).exists():  # built earlier, with PDFs or without
        environment.prepare()
    else:
        beside(system.ensure_pdf, environment.prepare)
    postgres.ensure()
    if not database.exists(name):
        database.build(name, addons.source_hash(), _install)
    return name


def load_changes(name: str) -> None:
    """Load our current add-ons into an existing demo, while no server runs on it."""
    present, wanted = set(odoo.installed(name)), templates.demo_addons()
    with step(f"upgrading {', '.join(wanted)}"):
        odoo.install(name, [addon for addon in wanted if addon in present], "-u", log="demo-upgrade")
        new = [addon for addon in wanted if addon not in present]
        if new:  # add-ons written since the demo was created; the others have to be up to date before they are loaded
            odoo.install(name, new, log="demo-upgrade")
        database.set_stamp(name, addons.source_hash())


def show(state: State, name: str) -> None:
    """Print the address and the logins."""
    known = set(postgres.sql("SELECT login FROM res_users WHERE active", name))
    say(f"\n  The demo is running: {server.url(state)}\n")
    say(f"    {'login':<10}{'password':<10}who")
    for login, password, who in LOGINS:
        if login in known:
            say(f"    {login:<10}{password:<10}{who}")
    say("\n  Mails stay in the queue (Settings > Technical > Emails). Log: .dev/log/server.log")
    say("  ./dev stop ends it, ./dev upgrade loads changed add-ons, ./dev shell opens a console on it.")
    if database.stamp(name) != addons.source_hash():
        say("  The add-ons changed since they were installed here: ./dev upgrade loads them.")


def run(options: Namespace) -> None:
    """Start the demo."""
    bring_up()


def bring_up() -> State:
    """Build what is missing, start the server unless it runs, show the page; return the server's state."""
    if system.is_root():
        say("  note: running as root; that works, an ordinary user is enough")
    state = server.running()
    if state:
        say(f"  The server already runs (process {state['pid']}).")
        postgres.ensure()
        name = database.name("demo")
    else:
        server.check_port(server.wanted_port())
        name = prepare()
        if database.stamp(name) != addons.source_hash():
            load_changes(name)
        with step("starting the server"):
            state = server.start(name)
    show(state, name)
    return state
