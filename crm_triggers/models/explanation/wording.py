"""Phrases shared by several models; each is translated as a whole, as word order and plurals differ."""


def get_duration(env, count, unit, *, working=False):
    """Return a duration as text: "1 day", "3 working days".

    :param int count: of either sign; only the amount is shown
    :param str unit: minutes, hours, days, weeks or months
    :param bool working: count working time; weeks and months are unchanged
    """
    one, many = _get_unit_phrases(env, working)[unit]
    return one if abs(count) == 1 else many % abs(count)


def _get_unit_phrases(env, working):
    phrases = {
        "minutes": (env._("1 minute"), env._("%s minutes")),
        "hours": (env._("1 hour"), env._("%s hours")),
        "days": (env._("1 day"), env._("%s days")),
        "weeks": (env._("1 week"), env._("%s weeks")),
        "months": (env._("1 month"), env._("%s months")),
    }
    if working:
        phrases |= {
            "minutes": (env._("1 working minute"), env._("%s working minutes")),
            "hours": (env._("1 working hour"), env._("%s working hours")),
            "days": (env._("1 working day"), env._("%s working days")),
        }
    return phrases
