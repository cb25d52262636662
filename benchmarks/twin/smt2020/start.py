"""The fab on the first day: lots inside, and how far each tool is on its way to maintenance."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from benchmarks.twin.smt2020.fab import NS, Fab
from linewright.numeric import Ints
from linewright.twin import Model, State, begin
from linewright.twin.kernel import layout as at
from linewright.twin.kernel.queues.parts import enter, new_part, part
from linewright.twin.state import grown, pack, unpack, views_of

SPREAD = 0.5
"""The first maintenance of the tools of a group is spread evenly around the instant that the table
gives for all of them: from this share of it before to as much after. Tools that share their work
evenly would else all stand at once."""
FIRST = 10
"""Priority of a part that an order of priority 0 gets."""
NO_RING = memoryview(bytearray(8)).cast("q")


def first_day(model: Model, fab: Fab, *, seed: int, replication: int) -> State:
    """Return the fab at the start of the tables."""
    state = begin(model, at_ns=0, seed=seed, replication=replication)
    memory = grown(model, unpack(model, state), len(fab.lots))
    s, f = views_of(model, memory)
    ways = [list(_way(s, k)) for k in range(len(model.products))]
    for name, k, born_s, due_s, priority in fab.lots:
        product = model.products.index(name)
        step = ways[product][k]
        p = new_part(s, 0, product, step)
        c = part(s, p)
        s[c + at.BORN], s[c + at.DUE_AT] = round(born_s * NS), round(due_s * NS)
        s[c + at.PRIORITY] = FIRST - priority
        enter(s, f, NO_RING, 0, (p, s[s[at.M_STEP] + step * at.MP_WIDTH + at.MP_QUEUE]))
    _age(model, fab, s)
    return pack(model, memory)


def _way(s: Ints, product: int) -> Iterator[int]:
    """Yield the steps of a product in order."""
    step = s[s[at.M_PRODUCT] + product * at.MO_WIDTH + at.MO_STEP]
    while step >= 0:
        yield step
        step = s[s[at.M_STEP] + step * at.MP_WIDTH + at.MP_AFTER]


def _age(model: Model, fab: Fab, s: Ints) -> None:
    """Say when maintenance was done last, so that it is due first when the tables say."""
    counts = Counter(model.upkeeps)
    seen: dict[tuple[int, str], int] = defaultdict(int)
    for u, (station, name) in enumerate(model.upkeeps):
        centre = model.stations[station].parent
        assert centre is not None, "a tool stands in a work centre"
        foa_s, every_s = fab.first_s[centre.name, name]
        place = (seen[station, name] + 0.5) / counts[station, name]
        seen[station, name] += 1
        first = foa_s * (1.0 - SPREAD + 2.0 * SPREAD * place)
        s[s[at.S_UPKEEP] + u * at.SU_WIDTH + at.DONE_AT] = round((first - every_s) * NS)
