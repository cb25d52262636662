"""prodsys: the queue only, as a source, a machine, a sink and a transport without time.

Its line is another model: between two machines a part passes an output port, a transport resource
and an input port, so that no number of places is the buffer of the line.
"""

import contextlib
import importlib
import io
from typing import Any

from benchmarks.twin.foreign.same import ARRIVALS, SERVICES, Answer, answer

psx: Any = importlib.import_module("prodsys.express")


def queue(count: int, seed: int) -> Answer:
    """Run the queue; the wait is the time in the system without the mean service."""
    served = psx.FunctionTimeModel(distribution_function="exponential", location=1.0 / SERVICES)
    moved = psx.FunctionTimeModel(distribution_function="constant", location=1e-6)
    arrived = psx.FunctionTimeModel(distribution_function="exponential", location=1.0 / ARRIVALS)
    step, move = psx.ProductionProcess(served), psx.TransportProcess(moved)
    machine = psx.Resource([step], location=[0, 0])
    carriers = psx.Resource([move], location=[0, 0], capacity=1)
    product = psx.Product(process=[step], transport_process=move, ID="part")
    source, sink = psx.Source(product, arrived, [0, 0]), psx.Sink(product, [0, 0])
    system = psx.ProductionSystem([machine, carriers], [source], [sink])
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        system.run(count / ARRIVALS, seed=seed)
    found = system.post_processor
    made = found.get_aggregated_throughput_data()
    taken = found.get_aggregated_throughput_time_data()
    return int(made[0]), float(taken[0]) - 1.0 / SERVICES


def line(count: int, seed: int) -> Answer:
    """Refuse."""
    raise NotImplementedError(f"no {count} parts with seed {seed}: the line is another model here")


if __name__ == "__main__":
    answer(queue, line)
