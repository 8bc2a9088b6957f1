"""Who a mail reaches, and leaving out who gets none. Nothing here asks who that is."""

from odoo.tools.mail import email_normalize, email_normalize_all, email_split_and_format, formataddr

from ....engine import states


def get_addresses(partner):
    """Return all normalized addresses of a contact: Odoo sends to each that its field holds."""
    return email_normalize_all(partner.email or "")


def get_reached(partners, values):
    """Return the addresses that a mail would reach, copies apart, as a set."""
    addresses = email_normalize_all(values["email_to"]) if values.get("email_to") else []
    reached = partners.filtered(lambda one: one.active and one.email_normalized)
    return {email for one in reached for email in get_addresses(one)}.union(addresses)


def spare(partners, refused):
    """Return which of the contacts get a mail, and the addresses left of those who have several and
    do not want it at each.

    Whoever wants none at the first of his addresses gets none.

    :param refused: the normalized addresses that get none
    :return: ``(contacts, [address as written in a mail])``
    """
    kept, addresses = partners.browse(), []
    for partner in partners.filtered(lambda one: one.active and one.email_normalized not in refused):
        emails = get_addresses(partner)
        left = [email for email in emails if email not in refused]
        if left == emails:
            kept += partner
        else:
            addresses += [formataddr((partner.name or "", email)) for email in left]
    return kept, addresses


def leave_out(text, blocked):
    """Return a list of addresses, as written in a mail, without those that are blocked."""
    return ", ".join(email for email in email_split_and_format(text) if email_normalize(email) not in blocked)


def tell_why(emails, refused):
    """Return the reason to give where all these addresses are refused: who asked for none comes first."""
    reasons = {refused[email] for email in emails if email in refused}
    return states.SKIP_BLACKLIST if states.SKIP_BLACKLIST in reasons else next(iter(sorted(reasons)), None)
