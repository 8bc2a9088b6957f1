"""The effects of a step on a document and its contact, read from the records, not from the log."""

from dataclasses import dataclass
from functools import partial


@dataclass(frozen=True)
class Scene:
    """A document, its contact in the initial state, and a superuser environment."""

    env: object
    order: object
    partner: object

    def count(self, model, domain):
        return self.env[model].with_context(active_test=False).search_count(domain)

    def get_activities(self):
        there = [("res_model", "in", ("sale.order", "res.partner")), ("res_id", "in", (self.order.id, self.partner.id))]
        return self.count("mail.activity", [*there, ("active", "=", True)])

    def get_closed(self):
        there = [("res_model", "=", "sale.order"), ("res_id", "=", self.order.id)]
        return self.count("mail.activity", [*there, ("active", "=", False)])

    def get_messages(self, subtype):
        """Return the number of messages of a kind that users wrote on the document; tracking messages do not count."""
        subtype = self.env.ref(f"mail.mt_{subtype}")
        there = [("model", "=", "sale.order"), ("res_id", "=", self.order.id), ("subtype_id", "=", subtype.id)]
        return self.count("mail.message", [*there, ("message_type", "!=", "notification"), ("body", "like", "word")])

    def get_mails(self):
        """Return the number of emails to the contact that are queued or sent."""
        there = [("model", "=", "sale.order"), ("res_id", "=", self.order.id), ("state", "in", ("outgoing", "sent"))]
        return self.count("mail.mail", [*there, ("recipient_ids", "in", self.partner.ids)])

    def get_invoices(self):
        return len(self.order.invoice_ids)

    def get_price(self):
        return self.order.amount_total

    def get_state(self):
        return self.order.state

    def get_opportunity(self):
        return self.order.opportunity_id.id

    def get_tags(self):
        return sorted(self.partner.category_id.ids)

    def get_salesperson(self):
        return self.order.user_id.id

    def get_meetings(self):
        return self.count("calendar.event", [("name", "like", "Prepare the offer")])

    def get_runs(self):
        """Return the number of other scenarios the document or its contact is in."""
        return self.count("crm.trigger.run", [("rule_id.name", "=", "Other"), ("state", "=", "running")])


ASPECTS = {
    "activities": Scene.get_activities,
    "closed": Scene.get_closed,
    "notes": partial(Scene.get_messages, subtype="note"),
    "comments": partial(Scene.get_messages, subtype="comment"),
    "mails": Scene.get_mails,
    "invoices": Scene.get_invoices,
    "price": Scene.get_price,
    "state": Scene.get_state,
    "opportunity": Scene.get_opportunity,
    "tags": Scene.get_tags,
    "salesperson": Scene.get_salesperson,
    "meetings": Scene.get_meetings,
    "runs": Scene.get_runs,
}


def look(scene):
    """Return ``{aspect: value}``."""
    return {name: see(scene) for name, see in ASPECTS.items()}


def changed(before, after):
    """Return the aspects that differ, as a set."""
    return {name for name in before if before[name] != after[name]}
