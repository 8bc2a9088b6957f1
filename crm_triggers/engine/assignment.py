"""Distribution of records among people. People and records are ids; the order of ``people`` is the order of their
turns.
"""

from collections.abc import Callable, Collection, Mapping, Sequence, Set
from math import inf

Able = Sequence[Collection[int]]  # for each record, the people who may get it


def after(people: Sequence[int], last: int | None) -> list[int]:
    """Return the people in order of their turns, the one after ``last`` first.

    A person who left keeps their place for one turn: the next one follows.
    """
    ahead = [one for one in people if last is not None and one > last]
    return ahead + [one for one in people if one not in ahead]


def take_turns(able: Able, people: Collection[int], last: int | None) -> list[int | None]:
    """Distribute records in turn.

    A person who may not get a record is skipped for it, and stays at the head of the queue.

    :param people: of any order; turns go by id
    :param last: the person who had the last turn, None the first time
    :return: for each record its person, None if nobody may have it
    """
    queue = after(sorted(people), last)
    return [_serve(queue, may.__contains__) for may in able]


def to_least_busy(able: Able, people: Collection[int], last: int | None, load: Mapping[int, int]) -> list[int | None]:
    """Give each record to the least busy person, counting those given by this call; equals in turn.

    :param load: current load of each person, 0 if missing
    :return: for each record its person, None if nobody may have it
    """
    load = {one: load.get(one, 0) for one in people}
    queue, given = after(sorted(people), last), []
    for may in able:
        least = min((load[one] for one in queue if one in may), default=inf)
        chosen = _serve(queue, {one for one in queue if one in may and load[one] == least}.__contains__)
        if chosen is not None:
            load[chosen] += 1
        given.append(chosen)
    return given


def by_capacity(
    able: Able, people: Collection[int], last: int | None, room: Mapping[int, int], preferred: Sequence[Set[int]]
) -> list[int | None]:
    """Give records to the person with the most capacity left, first those that someone prefers.

    :param room: how many records each person may still get, never exceeded
    :param preferred: for each record, the people who prefer it
    :return: for each record its person, None if nobody may have it or has capacity
    """
    room = {one: room.get(one, 0) for one in people}
    queue = after(sorted(people), last)
    given: list[int | None] = [None] * len(able)

    def give(index: int, may: Set[int]) -> None:
        most = max((room[one] for one in queue if one in may), default=0)
        if most > 0:
            given[index] = chosen = _serve(queue, lambda one: one in may and room[one] == most)
            if chosen is not None:
                room[chosen] -= 1

    for index, (may, wanted) in enumerate(zip(able, preferred, strict=True)):
        give(index, set(may) & wanted)
    for index, may in enumerate(able):
        if given[index] is None:
            give(index, set(may))
    return given


def _serve(queue: list[int], fits: Callable[[int], bool]) -> int | None:
    """Return the first person in the queue who fits, and move them to its end."""
    for place, one in enumerate(queue):
        if fits(one):
            queue.append(queue.pop(place))
            return one
    return None
