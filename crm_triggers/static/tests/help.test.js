import { describe, expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    defineModels,
    fields,
    getService,
    models,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { findPage } from "@crm_triggers/help/help";

const GUIDE = "https://example.com/guide/delays.md";
const BASICS = { id: 1, name: "The basics", trigger: false, model_names: false };
const MATCH = { id: 2, name: "Something changes", trigger: "match", model_names: false };
const DATE = { id: 3, name: "A date comes", trigger: "date", model_names: false, guide_url: GUIDE };
const CONTRACT = { id: 4, name: "Contracts", trigger: "date", model_names: "contract,contract.line" };
const ANY = { id: 5, name: "Invoices", trigger: false, model_names: "invoice" };
const PAGES = [BASICS, MATCH, DATE, CONTRACT, ANY];

class Rule extends models.Model {
    _name = "rule";
    trigger = fields.Selection({ selection: [["date", "Date"]] });
    model_name = fields.Char();
    _records = [{ id: 1, trigger: "date", model_name: "lead" }];
    _views = { form: `<form><widget name="crm_trigger_help"/></form>` };
}

class Help extends models.Model {
    _name = "crm.trigger.help";
    name = fields.Char();
    icon = fields.Char();
    trigger = fields.Char();
    model_names = fields.Char();
    body = fields.Html();
    guide_url = fields.Char();
    _records = PAGES.map((page) => ({ ...page, icon: "fa-bolt", body: `<p>About ${page.name}</p>` }));
}
defineMailModels();
defineModels([Rule, Help]);

describe("the page that is opened (K61)", () => {
    test("is the one about the trigger", () => {
        expect(findPage(PAGES, { trigger: "match", modelName: "lead" })).toBe(MATCH);
        expect(findPage(PAGES, { trigger: "date", modelName: "lead" })).toBe(DATE);
    });

    test("is the one about the kind of record, if there is one", () => {
        expect(findPage(PAGES, { trigger: "date", modelName: "contract" })).toBe(CONTRACT);
        expect(findPage(PAGES, { trigger: "date", modelName: "contract.line" })).toBe(CONTRACT);
        expect(findPage(PAGES, { trigger: "match", modelName: "contract" })).toBe(MATCH);
        expect(findPage(PAGES, { trigger: "match", modelName: "invoice" })).toBe(ANY);
    });

    test("is the first one as long as nothing was chosen, or nothing fits", () => {
        expect(findPage(PAGES)).toBe(BASICS);
        expect(findPage(PAGES, { trigger: "other", modelName: "lead" })).toBe(BASICS);
    });
});

test("the link on a form opens the help, from where one reads the other pages", async () => {
    onRpc("/web/action/load", () => ({
        type: "ir.actions.client",
        tag: "crm_trigger_help",
        target: "new",
        context: {},
    }));
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.act_window",
        res_model: "rule",
        res_id: 1,
        views: [[false, "form"]],
    });
    await click(".o_crm_trigger_help_link");
    await animationFrame();
    await animationFrame();

    expect(queryAllTexts(".modal .nav-link")).toEqual(PAGES.map((page) => page.name));
    expect(".modal .nav-link.active").toHaveText("A date comes");
    expect(".modal .o_crm_trigger_help_page p").toHaveText("About A date comes");
    expect(".modal .o_crm_trigger_help_guide").toHaveAttribute("href", GUIDE);

    await click(".modal .nav-link:contains(Invoices)");
    await animationFrame();

    expect(".modal .o_crm_trigger_help_page p").toHaveText("About Invoices");
    expect(".modal .o_crm_trigger_help_guide").toHaveCount(0);
});
