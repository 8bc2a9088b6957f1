"""Days of the week in relative dates, as used in conditions: ``today =monday -7d``."""

WEEK_START = "week_start"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def names_weekday(value: object) -> bool:
    """Return whether a value is a relative date that names a day of the week."""
    return isinstance(value, str) and any(is_weekday(term) for term in value.split())


def is_weekday(term: str) -> bool:
    """Return whether a part of such a date names one: ``=monday``, ``+monday``, ``-week_start``."""
    return term[:1] in ("=", "+", "-") and term[1:] in (*WEEKDAYS, WEEK_START)


def days_to(term: str, *, today: int, first: int) -> int:
    """Return how many days it is to the day of the week that a term names.

    With ``=`` it is in the same week, with ``+`` the next one, with ``-`` the last one, today included in both.

    :param today: 0 for Monday to 6 for Sunday
    :param first: first day of the week, likewise
    """
    wanted = first if term[1:] == WEEK_START else WEEKDAYS.index(term[1:])
    days = (wanted - first) % 7 - (today - first) % 7
    if term[0] == "+" and days < 0:
        return days + 7
    return days - 7 if term[0] == "-" and days > 0 else days
