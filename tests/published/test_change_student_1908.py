"""Student's own example of paired differences, and the same data on the log scale."""

from math import exp

import pytest

from trialwright.analysis.change import mean_with_limits

# Student, Biometrika 1908;6:1, additional hours of sleep: 10 people, two preparations
FIRST = (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0)
SECOND = (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)


def test_student_1908_difference_of_the_two_preparations() -> None:
    mean = mean_with_limits([b - a for a, b in zip(FIRST, SECOND, strict=True)])
    assert mean.value == pytest.approx(1.58)
    assert mean.sd == pytest.approx(1.23, abs=5e-3)  # 1.17 in the paper, which divides by n
    # R 4, t.test(extra ~ group, paired): 95 % limits 0.7001142 and 2.4598858
    assert (mean.lower, mean.upper) == pytest.approx((0.7001142, 2.4598858), abs=5e-8)


def test_a_constant_has_an_interval_of_no_width() -> None:
    mean = mean_with_limits([exp(1)] * 3)
    assert mean.lower == pytest.approx(mean.upper)
