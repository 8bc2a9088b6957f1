"""Who an email reaches, and removing blocked recipients. The blocked addresses are parameters."""

from odoo.tools.mail import email_normalize, email_normalize_all, email_split_and_format, formataddr

from ....engine import states


def get_addresses(partner):
    """Return all normalized addresses of a contact: Odoo sends to each one in its email field."""
    return email_normalize_all(partner.email or "")


def get_reached(partners, values):
    """Return the addresses an email would reach, except copies, as a set."""
    addresses = email_normalize_all(values["email_to"]) if values.get("email_to") else []
    reached = partners.filtered(lambda one: one.active and one.email_normalized)
    return {email for one in reached for email in get_addresses(one)}.union(addresses)


def spare(partners, refused):
    """Return which of the contacts get an email, and the remaining addresses of those who have several and blocked
    some.

    A contact whose first address is blocked gets none.

    :param refused: normalized addresses that get none
    :return: ``(contacts, [address as written in an email])``
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
    """Return a list of addresses, as written in an email, without the blocked ones."""
    return ", ".join(email for email in email_split_and_format(text) if email_normalize(email) not in blocked)


def tell_why(emails, refused):
    """Return the reason if all these addresses are refused: an opt-out comes first."""
    reasons = {refused[email] for email in emails if email in refused}
    return states.SKIP_BLACKLIST if states.SKIP_BLACKLIST in reasons else next(iter(sorted(reasons)), None)
