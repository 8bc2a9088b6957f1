def migrate(cr, version):
    """A quotation of another opportunity is no longer a newer version. No rule is triggered by this: earlier
    decisions are kept.
    """
    if version:
        cr.execute(
            """
            UPDATE sale_order old SET has_newer_version = FALSE
            WHERE old.has_newer_version AND NOT EXISTS (
                SELECT FROM sale_order new
                JOIN res_partner customer ON customer.id = new.partner_id
                JOIN res_partner own ON own.id = old.partner_id
                WHERE new.id > old.id AND new.state IN ('sent', 'sale') AND new.company_id = old.company_id
                AND customer.commercial_partner_id = own.commercial_partner_id
                AND new.opportunity_id IS NOT DISTINCT FROM old.opportunity_id
                AND (new.opportunity_id IS NOT NULL OR new.version_of_id IN (old.id, old.version_of_id))
            )
            """
        )
