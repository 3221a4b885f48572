#!/usr/bin/env python3
"""special.py - write special.csv and lifetime.csv, beside this file: reference values
for test/sql/special.sql and test/sql/lifetime.sql.

Columns: function, arguments, value. The arguments are doubles, written so that they
read back as the same; the values are computed with mpmath (1.2 or newer) to 80
digits and rounded to 25.

    log_gamma(x), log_beta(a, b), log_hyp2f1(a, b, c, z)
    expected_bgnbd(r, alpha, a, b, horizon, x, t_x, T), expected_mbgnbd: the formulas
        of Fader, Hardie & Lee 2005 (10) and Batislam et al. 2007, with 2F1, a limit
        at a = 1 taken by a change of a in its 50th digit
    probability_bgnbd(r, alpha, a, b, n, t), probability_mbgnbd: Fader, Hardie & Lee
        2005 (8), and the same for a customer who may stop after the first order
    discounted_bgnbd(r, alpha, a, b, x, t_x, T, horizon, rate): the integral over the
        horizon of (1 + rate)^-s against the expected orders, by tanh-sinh
"""
import csv
import random
import os

from mpmath import mp, mpf

mp.dps = 80
random.seed(20050501)


def between(low, high):
    """A double between two magnitudes, evenly in its logarithm."""
    return float(mp.exp(random.uniform(float(mp.log(low)), float(mp.log(high)))))


def p_alive(r, alpha, a, b, k, x, t_x, t):
    return 1 if k == 0 else 1 / (1 + a / (b + k - 1) * ((alpha + t) / (alpha + t_x)) ** (r + x))


def active(r, alpha, a, b, t):
    """Expected orders in t of an active customer of a BG/NBD model."""
    if a == 1:
        a = a + mpf(10) ** -50
    if a + b == 1:
        b = b + mpf(10) ** -50
    z = t / (alpha + t)
    return (a + b - 1) / (a - 1) * (1 - (1 - z) ** r * mp.hyp2f1(r, b, a + b - 1, z))


def expected(first, r, alpha, a, b, horizon, x, t_x, t):
    k = x + first
    return p_alive(r, alpha, a, b, k, x, t_x, t) * active(r + x, alpha + t, a, b + k, horizon)


def probability(first, r, alpha, a, b, n, t):
    def stay(k):
        return mp.beta(a, b + k) / mp.beta(a, b)

    def count(j):
        return mp.rf(r, j) / mp.factorial(j) * (alpha / (alpha + t)) ** r * (t / (alpha + t)) ** j

    mp.dps = 400  # the sum is near 1
    k = n + first
    stopped = (stay(k - 1) - stay(k)) * (1 - sum(count(j) for j in range(int(n)))) if k > 0 else 0
    value = stay(k) * count(n) + stopped
    mp.dps = 80
    return value


def discounted(r, alpha, a, b, x, t_x, t, horizon, rate):
    force = mp.log(1 + rate)

    def integrand(v):
        s = (alpha + t) * mp.expm1(v)
        # d/ds of the expected orders: r / alpha 2F1(r + 1, a; a + b; -s / alpha), of the active customer
        density = (r + x) / (alpha + t) * mp.hyp2f1(r + x + 1, a, a + b + x, -s / (alpha + t))
        return mp.exp(-force * s) * density * (alpha + t + s)

    mp.dps = 30
    value = p_alive(r, alpha, a, b, x, x, t_x, t) * mp.quad(integrand, mp.linspace(0, mp.log(1 + horizon / (alpha + t)), 9))
    mp.dps = 80
    return value


FUNCTIONS = {
    'log_gamma': mp.loggamma,
    'log_beta': lambda a, b: mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b),
    'log_hyp2f1': lambda a, b, c, z: mp.log(mp.hyp2f1(a, b, c, z)),
    'expected_bgnbd': lambda *v: expected(0, *v),
    'expected_mbgnbd': lambda *v: expected(1, *v),
    'probability_bgnbd': lambda *v: probability(0, *v),
    'probability_mbgnbd': lambda *v: probability(1, *v),
    'discounted_bgnbd': discounted,
}


def history():
    x = random.choice([0, 0, 1, 2, 7, 40, 1000, 10000])
    t = random.choice([0.0, 39.0]) if x == 0 else between(1, 1e6)
    return x, 0.0 if x == 0 else t * random.random(), t


def parameters():
    a = random.choice([1.0, between(1e-3, 1e3), between(0.1, 5)])
    return between(1e-3, 1e2), between(1e-2, 1e3), a, random.choice([between(1e-3, 1e3), 1 - a if a < 1 else 2.5])


def cases():
    for _ in range(25):
        yield 'log_gamma', (between(1e-9, 1e9),)
    for _ in range(60):
        yield 'log_beta', (between(1e-6, 1e6), between(1e-6, 1e6))
    for _ in range(150):
        # as the models call it: c = a model's a + b + x - 1
        r, _, a, b = parameters()
        x = random.choice([0, 1, 2, 5, 40, 1000])
        z = random.choice([between(1e-6, 1), 1 - between(1e-9, 1)])
        if a + b + x > 1.001:
            yield 'log_hyp2f1', (r + x, b + x, a + b + x - 1, z)
    for name in ('expected_bgnbd', 'expected_mbgnbd'):
        for _ in range(75):
            yield name, (*parameters(), between(1e-3, 1e6), *history())
    for name in ('probability_bgnbd', 'probability_mbgnbd'):
        for _ in range(40):
            yield name, (*parameters(), random.choice([0, 0, 1, 2, 10, 100]), between(1e-2, 1e4))
    for _ in range(25):
        yield 'discounted_bgnbd', (between(0.1, 5), between(1, 100), between(0.1, 3), between(0.1, 5),
                                   *random.choice([(0, 0.0, 30.0), (3, 20.0, 39.0), (40, 30.0, 35.0)]),
                                   between(1, 1000), random.choice([0.0, 0.001, 0.01, 0.5]))


HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, 'special.csv'), 'w') as special, open(os.path.join(HERE, 'lifetime.csv'), 'w') as lifetime:
    for function, arguments in cases():
        value = FUNCTIONS[function](*map(mpf, arguments))
        if abs(value) > mpf(10) ** -250:
            csv.writer(special if function.startswith('log_') else lifetime, lineterminator='\n').writerow(
                [function, '{' + ','.join(repr(v) for v in arguments) + '}', mp.nstr(value, 25)])
