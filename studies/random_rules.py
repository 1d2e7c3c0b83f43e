"""Random rules whose weights stay bounded and do not feed on themselves, for studies of how rules are found."""

import math

MEAN, READOUT, ETA = 0.75, 5.0, 0.5  # of stimuli, and of the default network


def drawn_rule(draw, most=4):
    """Coefficients by the powers of x, y, w and r, of at most so many terms."""
    rule = {}
    count = draw.randint(1, most)
    while len(rule) < count:
        degree = draw.choices([1, 2, 3], [1, 2, 1])[0]
        powers = [0, 0, 0, 0]
        for _ in range(degree):
            powers[draw.randrange(4)] += 1
        if max(powers) <= 2:
            size = round(0.05 * 20 ** draw.random(), 2)
            rule[tuple(powers)] = draw.choice([-1, 1]) * size
    return rule


def term(powers):
    return "*".join(v if n == 1 else f"{v}^{n}" for v, n in zip("xywr", powers) if n) or "1"


def expression(rule):
    text = ""
    for powers, c in rule.items():
        sign = ("-" if c < 0 else "") if not text else " - " if c < 0 else " + "
        text += f"{sign}{abs(c)}*{term(powers)}"
    return text


def activity(network, z):
    if network == "tanh":
        return math.tanh(z)
    if network == "sigmoid":
        return 1 / (1 + math.exp(-max(min(z, 500), -500)))
    return max(z, 0.0) if network == "relu" else z


def learns_within_bounds(rule, network, choice, draw):
    """Whether weights of a simulated session stay small, do not feed on themselves, and move its choices."""
    w, rewards, feedback, changes, gain = [0.01, 0.01], [], 0.0, 0, 0.0
    readout = 1.0 if network == "none" else READOUT
    try:
        for trial in range(240):
            chances = [(0.2, 0.8), (0.9, 0.1), (0.2, 0.8)][trial // 80]
            logits = [readout * activity(network, MEAN * w[k]) for k in (0, 1)]
            if choice:
                p = 1 / (1 + math.exp(max(min(logits[0] - logits[1], 500), -500)))
                odour = int(draw.random() < p)
                gain += math.log(2 * max(p if odour else 1 - p, 1e-12))
            else:
                for _ in range(20):
                    odour = draw.randrange(2)
                    p = 1 / (1 + math.exp(max(min(-logits[odour], 500), -500)))
                    accepts = draw.random() < p
                    gain += math.log(2 * max(p if accepts else 1 - p, 1e-12))
                    if accepts:
                        break
                else:
                    continue
            reward = float(draw.random() < chances[odour])
            r = reward - sum(rewards[-10:]) / 10
            rewards.append(reward)
            y = activity(network, MEAN * w[odour])
            for k in (0, 1):
                x = MEAN * (k == odour)
                value = lambda a, b, c, d: x**a * y**b * w[k]**c * r**d  # noqa: E731, B023
                for (a, b, c, d), size in rule.items():
                    feedback += size * c * value(a, b, max(c - 1, 0), d) if c else 0.0
                    feedback += size * b * x * value(a, max(b - 1, 0), c, d) if b else 0.0
                w[k] += ETA * sum(size * value(*powers) for powers, size in rule.items())
                changes += 1
            if max(map(abs, w)) > 4:
                return False
    except OverflowError:
        return False
    return changes > 0 and feedback / changes <= 0.01 and gain > 2
