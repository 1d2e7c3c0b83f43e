"""The same loss in JAX, two ways: as the published program states it, and as well as JAX can state it.

Nats an observation of one batch of sessions (S sessions padded to one length). Behaviour: accept or reject,
weights change after accepted steps. Neural: half the squared error of all activities, weights change after
every step.

published: every trial replays its offers, padded to the longest; every synapse takes all 81 monomials of
           (x, y, w, r), or a small network, under vmap; session by session.
best:      the rule contracted over x and r, which are data, for all steps at once, and only powers that terms
           have; a scan over the weight changes alone; offers from which nothing is learned are read from the
           kept weights after it; all sessions in one vmap.
"""

import jax
import jax.numpy as jnp
import numpy as np


def arrays(problem, dtype):
    """Sessions in lockstep of their weight changes.

    Returns a dictionary: learned (S, L): the step of each change; version (S, T): the changes before a step;
    x (S, T, N); r (S, T); choice (S, T), 1, 0 or -1 for padding; live (S, L); initial (S, N, M);
    recordings (S, T, M).
    """
    sessions = problem["sessions"]
    inputs = sessions[0]["inputs"]
    steps = max(len(s["choice"]) for s in sessions)
    changes = max(sum(s["learns"]) for s in sessions)
    out = {
        "x": np.zeros((len(sessions), steps, inputs)), "r": np.zeros((len(sessions), steps)),
        "choice": -np.ones((len(sessions), steps)), "learned": np.zeros((len(sessions), changes), dtype=int),
        "live": np.zeros((len(sessions), changes)), "version": np.zeros((len(sessions), steps), dtype=int),
        "initial": np.array([s["initial"] for s in sessions]),
    }
    neurons = out["initial"].shape[2]
    out["recordings"] = np.zeros((len(sessions), steps, neurons))
    for k, s in enumerate(sessions):
        t = len(s["choice"])
        learns = np.array(s["learns"])
        out["x"][k, :t] = np.array(s["x"]).reshape(t, inputs)
        out["r"][k, :t] = s["r"]
        out["choice"][k, :t] = s["choice"]
        at = np.flatnonzero(learns)
        out["learned"][k, :len(at)] = at
        out["live"][k, :len(at)] = 1.0
        out["version"][k, :t] = np.cumsum(learns) - learns
        if s["recordings"]:
            out["recordings"][k, :t] = np.array(s["recordings"]).reshape(t, -1)
    return {name: jnp.asarray(v, dtype if v.dtype.kind == "f" else None) for name, v in out.items()}


def in_trials(data):
    """The published program's arrays: (S, trials, longest, ...), a trial ending with its weight change."""
    version, choice = np.array(data["version"]), np.array(data["choice"])
    trials = int(version.max()) + 1
    count = np.array([[np.sum((version[s] == n) & (choice[s] >= 0)) for n in range(trials)] for s in range(len(version))])
    longest = int(count.max())
    index = np.zeros((len(version), trials, longest), dtype=int)
    mask = np.zeros((len(version), trials, longest))
    for s in range(len(version)):
        for n in range(trials):
            at = np.flatnonzero((version[s] == n) & (choice[s] >= 0))
            index[s, n, :len(at)] = at
            mask[s, n, :len(at)] = 1.0
    learned = np.take_along_axis(np.array(data["live"]), np.minimum(np.arange(trials)[None], data["live"].shape[1] - 1), 1)
    learned[:, data["live"].shape[1]:] = 0.0
    take = np.arange(len(version))[:, None, None]
    dtype = data["x"].dtype
    return {"x": data["x"][take, index], "r": data["r"][np.arange(len(version))[:, None], index[:, :, 0] + np.maximum(count, 1) - 1],
            "choice": data["choice"][take, index], "mask": jnp.asarray(mask, dtype), "last": jnp.asarray(np.maximum(count, 1) - 1),
            "learned": jnp.asarray(learned, dtype), "initial": data["initial"]}


def unpack_mlp(theta):
    """A 4-10-1 rule's weights, as synfer orders them."""
    return theta[:40].reshape(4, 10), theta[40:50], theta[50:60], theta[60]


def nll_of(logit, choice):
    return jnp.where(choice < 0, 0.0, jax.nn.softplus(jnp.where(choice == 1, -logit, logit)))


def published(problem, dtype):
    """loss(theta, session), and the sessions one by one."""
    terms, eta = problem.get("terms"), problem["eta"]
    readout = jnp.asarray(problem["readout"], dtype)

    def volterra(x, y, w, r, coefficients):
        powers = lambda v: jnp.stack([jnp.ones_like(v), v, v * v])
        basis = jnp.einsum("a,b,c,d->abcd", powers(x), powers(y), powers(w), powers(r))
        return jnp.einsum("abcd,abcd->", basis, coefficients)

    def network(x, y, w, r, parameters):
        w1, b1, w2, b2 = parameters
        return jnp.tanh(jax.nn.leaky_relu(jnp.stack([x, y, w, r]) @ w1 + b1, 0.01) @ w2 + b2)

    g = network if terms is None else volterra
    synapses = jax.vmap(jax.vmap(g, (None, 0, 0, None, None)), (0, None, 0, None, None))
    places = None if terms is None else tuple(np.array(terms).T)

    def parameters_of(theta):
        if terms is None:
            return unpack_mlp(theta)
        return jnp.zeros((3, 3, 3, 3), dtype).at[places].set(theta)

    def behaviour(theta, s):
        parameters = parameters_of(theta)

        def trial(w, t):
            y = jnp.tanh(t["x"] @ w)
            last_x, last_y = t["x"][t["last"]], y[t["last"]]
            dw = synapses(last_x, last_y, w, t["r"], parameters)
            return w + eta * t["learned"] * dw, y @ readout

        _, logits = jax.lax.scan(trial, s["initial"], {k: v for k, v in s.items() if k != "initial"})
        return jnp.sum(nll_of(logits, jnp.where(s["mask"] > 0, s["choice"], -1)))

    def neural(theta, s):
        parameters = parameters_of(theta)

        def step(w, t):
            y = t["x"] @ w
            return w + eta * synapses(t["x"], y, w, t["r"], parameters), y

        _, y = jax.lax.scan(step, s["initial"], {"x": s["x"], "r": s["r"]})
        return 0.5 * jnp.sum((y - s["recordings"]) ** 2)

    data = arrays(problem, dtype)
    if not problem["linear"]:
        data = in_trials(data)
    count = data["initial"].shape[0]
    sessions = [{k: v[s] for k, v in data.items()} for s in range(count)]
    return jax.jit(jax.value_and_grad(neural if problem["linear"] else behaviour)), sessions


def best(problem, dtype):
    """loss(theta, sessions), and all sessions."""
    terms, eta = problem.get("terms"), problem["eta"]
    readout = jnp.asarray(problem["readout"], dtype)
    # Powers up to these; y^b w^k is the slot b (highest w + 1) + k.
    high = [0, 0, 0, 0] if terms is None else [max(t[v] for t in terms) for v in range(4)]

    def prepare(theta, x, r):
        """Of every change and input, what is left once x (L, N) and r (L) are in."""
        if terms is None:
            w1, b1, _, _ = unpack_mlp(theta)
            return b1 + x[..., None] * w1[0] + r[:, None, None] * w1[3]  # L, N, 10
        coefficients = jnp.zeros([h + 1 for h in high], dtype).at[tuple(np.array(terms).T)].set(theta)
        coefficients = coefficients.transpose(0, 3, 1, 2).reshape((high[0] + 1) * (high[3] + 1), -1)
        factors = jnp.stack([x**a * (r**d)[:, None] for a in range(high[0] + 1) for d in range(high[3] + 1)], -1)
        return factors @ coefficients  # L, N, slots

    def change(theta, c, y, w):
        """g of every synapse; c: what prepare left, of one change."""
        if terms is None:
            w1, _, w2, b2 = unpack_mlp(theta)
            a = c[:, None, :] + y[None, :, None] * w1[1] + w[:, :, None] * w1[2]
            return jnp.tanh(jax.nn.leaky_relu(a, 0.01) @ w2 + b2)

        def in_y(k):
            h = c[:, high[1] * (high[2] + 1) + k, None]
            for b in range(high[1] - 1, -1, -1):
                h = h * y + c[:, b * (high[2] + 1) + k, None]
            return h

        g = in_y(high[2])
        for k in range(high[2] - 1, -1, -1):
            g = g * w + in_y(k)
        return g

    def session(theta, s):
        linear = problem["linear"]
        f = (lambda z: z) if linear else jnp.tanh
        x, r = s["x"][s["learned"]], s["r"][s["learned"]]

        def step(w, t):
            y = f(t["x"] @ w)
            after = w + eta * t["live"] * change(theta, t["c"], y, w)
            return after, (y if linear else w)

        if linear:  # a large layer: cheaper to compute again than to keep
            step = jax.checkpoint(step)
        last, kept = jax.lax.scan(step, s["initial"], {"x": x, "c": prepare(theta, x, r), "live": s["live"]},
                                  unroll=1 if linear else 4)
        if linear:  # weights change at every step
            return 0.5 * jnp.sum((kept - s["recordings"]) ** 2)
        w = jnp.concatenate([kept, last[None]])[s["version"]]  # T, N, M
        logits = f(jnp.einsum("ti,tij->tj", s["x"], w)) @ readout
        return jnp.sum(nll_of(logits, s["choice"]))

    def loss(theta, sessions):
        if problem["linear"]:  # of one session alone: a batch of one takes ten times as long
            return session(theta, {name: v[0] for name, v in sessions.items()})
        return jnp.sum(jax.vmap(session, (None, 0))(theta, sessions))

    return jax.jit(jax.value_and_grad(loss)), arrays(problem, dtype)


def observations(problem):
    if problem["linear"]:
        return sum(len(s["recordings"]) for s in problem["sessions"])
    return sum(sum(c >= 0 for c in s["choice"]) for s in problem["sessions"])
