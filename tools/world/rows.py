"""Lines of tools/bench, as tools/bench_rows/row.hpp prints them:
"name | ours | reference | ratio | goal | holds or short". Measured figures may miss their goal by
15 %, which is what two runs on one machine differ by; counts may not."""

NOISE = 0.15


def holds(value, goal, noise, at_least):
    return value >= goal * (1 - noise) if at_least else value <= goal * (1 + noise)


def verdict(good):
    return "holds" if good else "short"


def plain_row(name, value, unit, goal, noise=NOISE, decimals=1):
    """The goal is of the figure itself, and there is nothing to compare it to."""
    good = verdict(holds(value, goal, noise, at_least=False))
    print(f"{name} | {value:.{decimals}f} {unit} | - | - | <= {goal} {unit} | {good}", flush=True)


def ratio_row(name, ours, reference, unit, goal, at_least=False, noise=NOISE):
    """Both sides in one unit, measured in turn; the goal is of ours divided by the reference."""
    ratio = ours / reference
    good = verdict(holds(ratio, goal, noise, at_least))
    print(f"{name} | {ours:.4g} {unit} | {reference:.4g} {unit} | {ratio:.2f} | "
          f"{'>=' if at_least else '<='} {goal} | {good}", flush=True)
