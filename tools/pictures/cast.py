"""Who plays the story, and what they say, in each language."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Cast:
    """The firm, its customer, and the texts that people write by hand."""

    firm: dict[str, Any]  # what tools.pictures.firm settles
    request: dict[str, str]  # what the customer fills in
    feedback: str  # what the salesperson notes after the first call
    second_feedback: str  # and after the one about the renewal
    visit: str
    question: str  # what the customer writes below the quotation
    contract: str
    line: str


_BRIGHTWATER = {
    "lang": "en_US",
    "country": "base.us",
    "currency": "base.USD",
    "company": {
        "name": "Brightwater Ovens",
        "street": "27 Mill Lane",
        "zip": "97205",
        "city": "Portland",
        "email": "office@brightwater.example.com",
        "phone": "+1 503-555-0142",
    },
    "office": {"name": "Alice Office", "email": "alice@brightwater.example.com", "phone": "+1 503-555-0143"},
    "sales": {"name": "Sam Sales", "email": "sam@brightwater.example.com", "phone": "+1 503-555-0144"},
    "tax": {"name": "15%", "amount": 15},
    "journal": "INV",
}
_CLAIRVAL = {
    "lang": "fr_FR",
    "country": "base.fr",
    "currency": "base.EUR",
    "company": {
        "name": "Fours Clairval",
        "street": "18 rue des Tanneurs",
        "zip": "69003",
        "city": "Lyon",
        "email": "contact@clairval.example.com",
        "phone": "+33 1 99 00 10 20",
    },
    "office": {"name": "Alice Morel", "email": "alice.morel@clairval.example.com", "phone": "+33 1 99 00 10 21"},
    "sales": {"name": "Samir Benali", "email": "samir.benali@clairval.example.com", "phone": "+33 1 99 00 10 22"},
    "tax": {"name": "TVA 20 %", "amount": 20},
    "journal": "FAC",
}
CASTS = {
    "en_US": Cast(
        firm=_BRIGHTWATER,
        request={
            "contact_name": "Nora Keller",
            "partner_name": "Keller Bakeries",
            "email_from": "nora@keller.example.com",
            "phone": "+1 971-555-0167",
            "name": "Ovens that report their faults",
            "description": "Four shops, eleven ovens. Two of them stopped last month and nobody knew why.",
        },
        feedback="Wants us to come and look at the ovens.",
        second_feedback="Is happy with the ovens and decides next month.",
        visit="Visit to Keller Bakeries",
        question="Fine. Can you start in the first week of next month?",
        contract="Maintenance, Keller Bakeries",
        line="Maintenance, one year",
    ),
    "fr_FR": Cast(
        firm=_CLAIRVAL,
        request={
            "contact_name": "Claire Lemoine",
            "partner_name": "Boulangeries Lemoine",
            "email_from": "claire@lemoine.example.com",
            "phone": "+33 1 99 00 20 30",
            "name": "Fours qui signalent leurs pannes",
            "description": "Quatre boutiques, onze fours. Le mois dernier, deux se sont arrêtés sans explication.",
        },
        feedback="Souhaite que nous venions voir les fours.",
        second_feedback="Satisfaite des fours, elle décide le mois prochain.",
        visit="Visite chez Boulangeries Lemoine",
        question="C'est parfait. Pouvez-vous commencer la première semaine du mois prochain ?",
        contract="Maintenance, Boulangeries Lemoine",
        line="Maintenance, un an",
    ),
}
