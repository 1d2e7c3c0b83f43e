"""Many fits in one process: memory does not grow, and the numbers stay. SYNFER_SOAK says how many, 3000 before a release."""

import os

import synfer

FITS = int(os.environ.get("SYNFER_SOAK", "120"))
MOST_GROWTH = 8  # MiB; what the allocator keeps settles within the first fits


def resident():
    """MiB of this process in memory."""
    with open("/proc/self/statm") as sizes:
        return int(sizes.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def test_memory_does_not_grow_with_the_number_of_fits(simulated):
    settings = {"evaluation__cross_validate": "none", "evaluation__predictive_draws": 0, "network__hidden": 0, "stimulus__in_fit": "mean"}
    first, at_first = None, None
    for n in range(FITS):
        for rule in ("x*r + w", "mlp") if n % 20 == 0 else ("x*r + w",):
            found = synfer.fit(simulated, rule, seed=5, **settings, **({"rule__hidden": [2], "fit__max_iterations": 3} if rule == "mlp" else {}))
        if n == FITS // 4:
            at_first = resident()
        if rule != "mlp":
            first = first or found.to_frame().to_csv()
            assert found.to_frame().to_csv() == first
    assert resident() - at_first < MOST_GROWTH
