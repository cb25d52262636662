"""An edge node on pysparkplug: metrics n0..n<k> of one device fall by one at a rate.

Only this script is ours. `python sparkplug_psp.py CONFIG.json`, in the peer's own environment; the
settings and the truth are those of `sparkplug_js.js`.
"""

import contextlib
import importlib
import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

FIRST = -12


def say(line: str) -> None:
    """Tell the test one line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def listen(told: dict[str, Any]) -> None:
    """Take settings from standard input."""
    for line in sys.stdin:
        told.update(json.loads(line))
        say(json.dumps({"done": json.loads(line)}))


def main() -> None:
    """Publish until killed."""
    psp = importlib.import_module("pysparkplug")
    config = json.loads(Path(sys.argv[1]).read_bytes())
    count, per_s = config.get("first", 0), config.get("per_s", 2)
    told: dict[str, Any] = {}

    def metrics(at_ms: int) -> tuple[Any, ...]:
        return tuple(
            psp.Metric(timestamp=at_ms, name=f"n{n}", datatype=psp.DataType.INT32, value=value)
            for n, value in enumerate([FIRST - count] * config.get("metrics", 10))
        )

    now_ms = time.time_ns() // 1_000_000
    client = psp.Client(
        client_id=f"{config['group']}-{config['node']}",
        username=config.get("user") or None,
        password=config.get("password") or None,
    )
    node = psp.EdgeNode(config["group"], config["node"], metrics=(), client=client)
    node.register(psp.Device(config["device"], metrics(now_ms)))
    node.connect(config.get("host", "127.0.0.1"), port=config["port"], keepalive=3)
    threading.Thread(target=listen, args=(told,), daemon=True).start()
    say(json.dumps({"ready": {}}))
    with Path(config["truth"]).open("a", encoding="utf-8", buffering=1) as truth:
        time.sleep(1.0)
        while True:
            time.sleep(1.0 / per_s)
            if told.get("pause"):
                continue
            count += 1
            at_ms = time.time_ns() // 1_000_000
            stamp_ms = at_ms + told.get("shift_ms", 0)
            for n in range(config.get("metrics", 10)):
                one = {"node": f"n{n}", "value": FIRST - count, "t_ns": stamp_ms * 1_000_000}
                truth.write(json.dumps({**one, "at_ns": at_ms * 1_000_000}) + "\n")
            with contextlib.suppress(psp.MQTTError):  # not connected just now: it is lost
                node.update_device(config["device"], metrics(stamp_ms))


if __name__ == "__main__":
    main()
