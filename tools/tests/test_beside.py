import threading

import pytest

from tools.beside import beside
from tools.console import Problem


def test_functions_run_at_the_same_time_and_answer_in_their_order():
    meeting = threading.Barrier(2, timeout=10)

    def meet(answer):
        meeting.wait()
        return answer

    assert beside(lambda: meet(1), lambda: meet(2)) == [1, 2]


def test_problem_of_one_is_raised_when_the_other_has_ended():
    ended = []

    def fail():
        raise Problem("broken")

    with pytest.raises(Problem, match="broken"):
        beside(fail, lambda: ended.append(True))
    assert ended == [True]
