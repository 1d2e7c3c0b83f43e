"""Learners with known truth, and the tables of choices that they leave: independent of synfer's simulation.

A learner sees options (numbers of stimuli, or vectors), says with what logits it takes them, and hears what it took
and what that paid. A task offers, pays and names the columns of its table. All animals of a table share the
learner's parameters, drawn from the seed: the truth is one number a coefficient.

Truth is in the variables of a rule: a logit is w.x, x = .75 for the stimulus that is offered, weights change by
eta (g / number of inputs) after what was taken. A value Q read out with beta is w = beta Q / .75.
"""

import csv
import math
import random

ANIMALS, SESSIONS, TRIALS = 5, 3, 300
X = 0.75  # of an offered stimulus, as synfer writes it


def sigmoid(z):
    return 1 / (1 + math.exp(-max(-500.0, min(500.0, z))))


def drawn(rng, logits):
    """The number of an option, by softmax; of one option whether it is taken (1) or not (0)."""
    if len(logits) == 1:
        return int(rng.random() < sigmoid(logits[0]))
    top = max(logits)
    weights = [math.exp(z - top) for z in logits]
    return rng.choices(range(len(logits)), weights)[0]


# ---------------------------------------------------------------- learners


class Learner:
    """What a table has one of; `begin` starts a session, `carried` whether it keeps what it learned."""

    truth = {}  # term: coefficient, where the rule is of the family
    structure = {}  # settings of the fit that has it
    kind = "in the family"

    def __init__(self, rng, stimuli):
        self.rng, self.n = rng, stimuli
        self.inputs = max(2, stimuli)
        self.draw()

    def draw(self):
        """Parameters that all animals share."""

    def begin(self):
        self.q = [0.0] * self.n

    def logits(self, options):
        return [self.beta * self.q[s] for s in options]

    def hear(self, options, taken, reward):
        """`taken` is the place of the option, or None where a single one was rejected."""


class Delta(Learner):
    def draw(self):
        self.alpha, self.beta = self.rng.uniform(0.15, 0.5), self.rng.uniform(3, 5)
        n = self.inputs
        self.truth = {"x*r": n * self.alpha * self.beta / X**2, "x*w": -n * self.alpha / X}

    def hear(self, options, taken, reward):
        if taken is not None:
            s = options[taken]
            self.q[s] += self.alpha * (reward - self.q[s])


class Forgetting(Learner):
    def draw(self):
        self.alpha, self.beta = self.rng.uniform(0.3, 0.5), self.rng.uniform(3, 5)
        self.forget = self.rng.uniform(0.08, 0.2)
        n = self.inputs
        self.truth = {"x*r": n * self.alpha * self.beta / X**2, "w": -n * self.forget,
                      "x*w": -n * (self.alpha - self.forget) / X}

    def hear(self, options, taken, reward):
        if taken is None:
            return
        for s in range(self.n):
            rate, to = (self.alpha, reward) if s == options[taken] else (self.forget, 0.0)
            self.q[s] += rate * (to - self.q[s])


class Asymmetric(Learner):
    def draw(self):
        self.up, self.down = self.rng.uniform(0.4, 0.6), self.rng.uniform(0.1, 0.2)
        self.beta = self.rng.uniform(3, 5)
        n = self.inputs
        self.truth = {"x*r": n * self.up * self.beta / X**2, "x*w": -n * self.down / X,
                      "x*w*r": -n * (self.up - self.down) / X}

    def hear(self, options, taken, reward):
        if taken is not None:
            s = options[taken]
            self.q[s] += (self.up if reward > 0 else self.down) * (reward - self.q[s])


class ActorCritic(Learner):
    """The actor's preference moves by the critic's error; preferences fade a little, so that they stay finite."""

    def draw(self):
        self.alpha, self.critic = self.rng.uniform(0.8, 1.5), self.rng.choice([0.05, 0.1, 0.2])
        self.fade, self.beta = self.rng.uniform(0.05, 0.1), 1.0
        n = self.inputs
        self.truth = {"x*r": n * self.alpha / X**2, "w": -n * self.fade}
        self.structure = {"reward_term.baseline": "exponential", "reward_term.rate": self.critic}

    def begin(self):
        self.q, self.v = [0.0] * self.n, 0.0

    def hear(self, options, taken, reward):
        if taken is None:
            return
        error = reward - self.v
        self.v += self.critic * error
        self.q = [(1 - self.fade) * q for q in self.q]
        self.q[options[taken]] += self.alpha * error


class Reinforce(Learner):
    """Gradient of the log probability of what was taken, times reward; the rule is x*r in first order alone."""

    baseline = False

    def draw(self):
        self.alpha, self.fade, self.beta = self.rng.uniform(0.6, 1.0), self.rng.uniform(0.03, 0.06), 1.0
        self.truth = {"x*r": None}
        if self.baseline:
            self.structure = {"reward_term.baseline": "exponential", "reward_term.rate": 0.1}

    def begin(self):
        self.q, self.v = [0.0] * self.n, 0.0

    def hear(self, options, taken, reward):
        if taken is None:
            return
        logits = self.logits(options)
        if len(options) == 1:
            p = [sigmoid(logits[0])]
        else:
            top = max(logits)
            p = [math.exp(z - top) for z in logits]
            p = [one / sum(p) for one in p]
        error = reward - (self.v if self.baseline else 0.0)
        self.v += 0.1 * (reward - self.v)
        self.q = [(1 - self.fade) * q for q in self.q]
        for place, s in enumerate(options):
            self.q[s] += self.alpha * error * ((place == taken) - p[place])


class ReinforceBaseline(Reinforce):
    baseline = True


class Drifting(Delta):
    """Values walk at random beside what is learned."""

    def draw(self):
        super().draw()
        self.walk = self.rng.uniform(0.05, 0.1)
        self.structure = {"stimulus.in_fit": "filtered", "stimulus.noise_sd": 0, "belief.walk_sd": 0.1,
                          "belief.estimate_walk_sd": True}

    def hear(self, options, taken, reward):
        super().hear(options, taken, reward)
        if taken is not None:
            self.q = [q + self.rng.gauss(0, self.walk) for q in self.q]


class Published(Learner):
    """tanh neurons read out together, noisy stimuli, reward against the mean of the last ten: x*r - .05*w."""

    def draw(self):
        self.truth = {"x*r": 1.0, "w": -0.05}
        self.structure = {"network.hidden": 10, "reward_term.baseline": "moving_average"}

    def begin(self):
        self.w = [[self.rng.gauss(0, 0.01) for _ in range(10)] for _ in range(self.n)]
        self.recent = [0.0] * 10

    def logits(self, options):
        self.x = [[(X if s == i else 0.0) + self.rng.gauss(0, 0.1225) for i in range(self.n)] for s in options]
        return [sum(0.5 * math.tanh(sum(x[i] * self.w[i][j] for i in range(self.n))) for j in range(10))
                for x in self.x]

    def hear(self, options, taken, reward):
        if taken is None:
            return
        r = reward - sum(self.recent) / 10
        self.recent = [*self.recent[1:], reward]
        for i in range(self.n):
            for j in range(10):
                self.w[i][j] += (self.x[taken][i] * r - 0.05 * self.w[i][j]) / self.n


class PearceHall(Learner):
    kind = "outside the family"

    def draw(self):
        self.beta, self.mix = self.rng.uniform(3, 5), self.rng.uniform(0.2, 0.4)

    def begin(self):
        self.q, self.alpha = [0.0] * self.n, [0.5] * self.n

    def hear(self, options, taken, reward):
        if taken is None:
            return
        s = options[taken]
        error = reward - self.q[s]
        self.q[s] += self.alpha[s] * error
        self.alpha[s] += self.mix * (abs(error) - self.alpha[s])


class Kalman(Learner):
    kind = "outside the family"

    def draw(self):
        self.beta, self.noise, self.walk = self.rng.uniform(4, 6), 0.2, self.rng.uniform(0.01, 0.03)

    def begin(self):
        self.q, self.p = [0.0] * self.n, [1.0] * self.n

    def hear(self, options, taken, reward):
        if taken is None:
            return
        s = options[taken]
        gain = self.p[s] / (self.p[s] + self.noise)
        self.q[s] += gain * (reward - self.q[s])
        self.p[s] *= 1 - gain
        self.p = [p + self.walk for p in self.p]


class WinStay(Learner):
    kind = "outside the family"

    def draw(self):
        self.stay, self.shift = self.rng.uniform(1.5, 2.5), self.rng.uniform(1.0, 2.0)

    def begin(self):
        self.last, self.won = None, False

    def logits(self, options):
        lean = self.stay if self.won else -self.shift
        return [lean if s == self.last else 0.0 for s in options]

    def hear(self, options, taken, reward):
        if taken is not None:
            self.last, self.won = options[taken], reward > 0


class Habit(Learner):
    kind = "no learning"

    def draw(self):
        self.rate, self.beta = self.rng.uniform(0.1, 0.4), self.rng.uniform(1.5, 3)

    def hear(self, options, taken, reward):
        if taken is not None:
            self.q = [q + self.rate * ((s == options[taken]) - q) for s, q in enumerate(self.q)]


class SideBias(Learner):
    kind = "no learning"

    def draw(self):
        self.sd = self.rng.uniform(0.5, 1)

    def begin(self):
        self.bias = [self.rng.gauss(0, self.sd) for _ in range(self.n)]

    def logits(self, options):
        return [self.bias[0]] if len(options) == 1 else [self.bias[place] for place in range(len(options))]


class JumpingBias(SideBias):
    kind = "no learning"

    def begin(self):
        super().begin()
        self.left = 0

    def logits(self, options):
        if self.left == 0:
            self.left = self.rng.randrange(40, 120)
            self.bias = [self.rng.gauss(0, self.sd) for _ in range(self.n)]
        self.left -= 1
        return super().logits(options)


LEARNERS = {
    "delta": Delta, "forgetting": Forgetting, "asymmetric": Asymmetric, "actor-critic": ActorCritic,
    "reinforce": Reinforce, "reinforce-baseline": ReinforceBaseline, "drifting": Drifting, "published": Published,
    "pearce-hall": PearceHall, "kalman": Kalman, "win-stay": WinStay,
    "habit": Habit, "side-bias": SideBias, "jumping-bias": JumpingBias,
}  # fmt: skip

# ---------------------------------------------------------------- tasks


class Arms:
    """A choice among arms, one of which pays .8 and the others .2; it moves every 30 to 60 trials."""

    def __init__(self, arms):
        self.names = ["left", "right", "middle"][:arms]
        self.stimuli = arms

    def session(self, rng, learner):
        better, left, block = rng.randrange(self.stimuli), rng.randrange(30, 60), 0
        options = list(range(self.stimuli))
        for trial in range(TRIALS):
            if left == 0:
                better = rng.choice([s for s in options if s != better])
                left, block = rng.randrange(30, 60), block + 1
            left -= 1
            taken = drawn(rng, learner.logits(options))
            reward = int(rng.random() < (0.8 if taken == better else 0.2))
            learner.hear(options, taken, reward)
            yield {"trial": trial + 1, "block": block, "choice": self.names[taken], "reward": reward}


class AcceptReject:
    """One odour a trial, taken or not; what is taken pays, or costs (go/no-go)."""

    stimuli = 2

    def __init__(self, loss):
        self.loss = loss

    def session(self, rng, learner):
        good, left, block = rng.randrange(2), rng.randrange(40, 80), 0
        for trial in range(TRIALS):
            if left == 0:
                good, left, block = 1 - good, rng.randrange(40, 80), block + 1
            left -= 1
            odour = rng.randrange(2)
            taken = drawn(rng, learner.logits([odour]))
            reward = ""
            if taken:
                won = rng.random() < (0.8 if odour == good else 0.2)
                reward = 1 if won else -self.loss
                learner.hear([odour], 0, reward)
            yield {"trial": trial + 1, "block": block, "stimulus": "AB"[odour], "choice": taken, "reward": reward}


TASKS = {"two-arms": lambda: Arms(2), "three-arms": lambda: Arms(3), "accept-reject": lambda: AcceptReject(0),
         "go-no-go": lambda: AcceptReject(1)}  # fmt: skip


def defined(learner, task):
    """Win-stay and habit need something to stay with; the published kind accepts or rejects."""
    single = task in ("accept-reject", "go-no-go")
    if learner == "published":
        return task == "accept-reject"
    if learner == "drifting":
        return task != "three-arms"
    return not (single and learner == "asymmetric" and task == "go-no-go")


def tasks_of(learner, count=2):
    """Drawn for it, always the same."""
    possible = [task for task in TASKS if defined(learner, task)]
    return random.Random(f"tasks of {learner}").sample(possible, min(count, len(possible)))


def table(learner, task, seed, path):
    """Writes a table and gives back the learner, whose truth is known."""
    rng = random.Random(f"{learner}/{task}/{seed}")
    world = TASKS[task]()
    animal = LEARNERS[learner](rng, world.stimuli)
    with open(path, "w", newline="") as out:
        rows = None
        for name in range(1, ANIMALS + 1):
            for session in range(1, SESSIONS + 1):
                animal.begin()
                for row in world.session(rng, animal):
                    row = {"animal": f"m{name}", "session": f"m{name}-{session}", **row}
                    if rows is None:
                        rows = csv.DictWriter(out, row, lineterminator="\n")
                        rows.writeheader()
                    rows.writerow(row)
    return animal
