"""A lone device on mqtt-spb-wrapper, the bad citizen: no NBIRTH, births name `DATA/n0`, data `n0`.

Only this script is ours. `python sparkplug_msw.py CONFIG.json`, in the peer's own environment; the
settings and the truth are those of `sparkplug_js.js`.
"""

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
    told: dict[str, Any] = {}
    threading.Thread(target=listen, args=(told,), daemon=True).start()
    msw = importlib.import_module("mqtt_spb_wrapper")
    config = json.loads(Path(sys.argv[1]).read_bytes())
    count, per_s, metrics = (
        config.get("first", 0),
        config.get("per_s", 2),
        config.get("metrics", 10),
    )
    device = msw.MqttSpbEntityDevice(
        config["group"], config["node"], config["device"], retain_birth=False
    )
    for n in range(metrics):
        device.data.set_value(f"n{n}", FIRST - count)
    connected = device.connect(
        host=config.get("host", "127.0.0.1"),
        port=config["port"],
        user=config.get("user", ""),
        password=config.get("password", ""),
    )
    if not connected:
        sys.exit("the broker was not reached")
    say(json.dumps({"ready": {}}))
    device.publish_birth()
    with Path(config["truth"]).open("a", encoding="utf-8", buffering=1) as truth:
        time.sleep(1.0)
        while True:
            time.sleep(1.0 / per_s)
            if told.get("pause"):
                continue
            count += 1
            at_ms = time.time_ns() // 1_000_000
            for n in range(metrics):
                stamp = {"t_ns": at_ms * 1_000_000, "at_ns": at_ms * 1_000_000}
                truth.write(json.dumps({"node": f"n{n}", "value": FIRST - count, **stamp}) + "\n")
                device.data.set_value(f"n{n}", FIRST - count, timestamp=at_ms)
            device.publish_data()


if __name__ == "__main__":
    main()
