"use strict";
// Plays a film: events in a flat list of numbers, five each (milliseconds since the one before,
// code, element, unit, value). The page holds everything; nothing is fetched.
(() => {
  const film = JSON.parse(document.getElementById("film").textContent);
  const words = film.words;
  const STATE = 0, BEGAN = 1, ENDED = 2, ENTERED = 3, LEFT = 4, SHIPPED = 5, SCRAPPED = 6;
  const REWORKED = 7, ARRIVED = 8, STRIDE = 5, KEY_EVERY = 1500, SLOTS_MAX = 24, AHEAD_MAX = 240, STACK_MAX = 5, EASE_MS = 90, EASE_SHARE = 0.05, RADIUS = 5, REM = 16;
  const events = film.events, total = events.length / STRIDE, stations = film.stations.length;
  const times = new Float64Array(total);
  for (let n = 0, t = 0; n < total; n += 1) { t += events[n * STRIDE]; times[n] = t; }
  const $ = (name) => document.getElementById(name);
  const cards = [...document.querySelectorAll(".station")].map((card) => ({
    card, word: card.querySelector(".state span"), letter: card.querySelector(".state b"),
    chip: card.querySelector(".chip rect"), said: card.querySelector(".said"),
    track: card.querySelector(".track"), shown: -1, count: -1,
  }));
  const drawnStores = [...document.querySelectorAll(".store")];
  drawnStores.sort((one, other) => one.dataset.store - other.dataset.store);
  const stores = drawnStores.map((card) => ({
    card, said: card.querySelector(".said"), slots: card.querySelector(".slots"), shown: "",
    most: card.parentElement.classList.contains("ahead") ? AHEAD_MAX : SLOTS_MAX,
  }));
  const hasLots = Object.keys(film.lots).length > 0;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const clock = new Intl.DateTimeFormat("en-CA", {
    timeZone: film.timezone, year: "numeric", month: "2-digit", day: "2-digit",
    hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  });

  const CLOSED = film.states.indexOf("closed"), BLINK_MS = 200, CALM_STEPS = 4;
  // --- What is where at an instant -----------------------------------------------------------
  let now, next, playing = false, at = 0;

  function beginning() {
    const fresh = {
      lines: film.start.map((state) => ({ state, since: 0, units: [], ended: 0, bad: 0 })),
      stores: film.buffers.map(() => []), good: 0, scrap: 0, reworked: 0, lots: { ...film.lots },
    };
    for (const [unit, place, done] of film.there) {
      if (place >= stations) fresh.stores[place - stations].push(unit);
      else fresh.lines[place].units.push({ unit, planned: 0, worked: 0, done: Boolean(done) });
    }
    return fresh;
  }

  function settle(line, t) {
    if (line.state === 0) for (const one of line.units) if (!one.done) one.worked += t - line.since;
    line.since = t;
  }

  function takeAway(unit) {
    for (const line of now.lines) {
      const k = line.units.findIndex((one) => one.unit === unit);
      if (k >= 0) return line.units.splice(k, 1)[0];
    }
    for (const store of now.stores) {
      const k = store.indexOf(unit);
      if (k >= 0) { store.splice(k, 1); return null; }
    }
    return null;
  }

  function put(place, unit) {
    if (place >= stations) now.stores[place - stations].push(unit);
    else now.lines[place].units.push({ unit, planned: 0, worked: 0, done: false });
  }

  function apply(n) {
    const t = times[n], i = n * STRIDE;
    const code = events[i + 1], place = events[i + 2], unit = events[i + 3], value = events[i + 4];
    const line = place < stations ? now.lines[place] : null;
    if (code === STATE) { settle(line, t); line.state = value; return; }
    if (code === BEGAN) {
      takeAway(unit);
      settle(line, t);
      line.state = 0;
      line.units.push({ unit, planned: value, worked: 0, done: false });
      // The others of a load go through the cycle with the one that it is told of.
      for (const one of line.units) if (!one.done && one.planned === 0) one.planned = value;
    } else if (code === ARRIVED) {
      takeAway(unit);
      put(place, unit);
    } else if (code === ENDED) {
      settle(line, t);
      const one = line.units.find((each) => each.unit === unit);
      if (one) one.done = true;
      line.ended += 1;
      if (!value) line.bad += 1;
    } else if (code === ENTERED) {
      takeAway(unit);
      now.stores[place - stations].push(unit);
    } else if (code === LEFT) {
      takeAway(unit);
      if (value >= 0) put(value, unit);
    } else if (code === SHIPPED) {
      takeAway(unit);
      now.good += now.lots[unit] ?? 1;
    } else if (code === SCRAPPED) {
      if (value < 0) now.lots[unit] += value;  // A lot goes on without its bad pieces.
      else takeAway(unit);
      now.scrap += Math.abs(value);
    } else if (code === REWORKED) {
      now.reworked += 1;
    }
  }

  const copy = (state) => ({
    lines: state.lines.map((line) => ({ ...line, units: line.units.map((one) => ({ ...one })) })),
    stores: state.stores.map((store) => [...store]),
    good: state.good, scrap: state.scrap, reworked: state.reworked, lots: hasLots ? { ...state.lots } : state.lots,
  });

  now = beginning();
  next = 0;
  const keys = [copy(now)];
  for (; next < total; next += 1) {
    apply(next);
    if ((next + 1) % KEY_EVERY === 0) keys.push(copy(now));
  }

  function goTo(t, count) {
    at = Math.max(0, Math.min(film.length, t));
    let low = 0, high = total;
    while (low < high) { const mid = (low + high) >> 1; if (times[mid] <= at) low = mid + 1; else high = mid; }
    const wanted = count === undefined ? low : count;
    if (wanted < next || wanted - next > KEY_EVERY) {
      const key = Math.min(keys.length - 1, Math.floor(wanted / KEY_EVERY));
      if (wanted < next || key * KEY_EVERY > next) { now = copy(keys[key]); next = key * KEY_EVERY; }
    }
    while (next < wanted) { apply(next); next += 1; }
  }

  // --- Words: states, counts, clock; written only when they change -----------------------------
  let shownSecond = -1, shownFigures = "", shownMoment = -1;

  function write() {
    now.lines.forEach((line, k) => {
      const card = cards[k];
      if (card.shown !== line.state) {
        card.shown = line.state;
        const name = film.states[line.state];
        card.word.textContent = words[name];
        card.letter.textContent = film.letters[line.state];
        card.chip.setAttribute("class", `s-${name}`);
        card.card.classList.toggle("is-down", name === "down");
      }
      const count = line.ended * 1e6 + line.bad;
      if (card.count !== count) {
        card.count = count;
        const bad = line.bad ? `, ${words.scrap} ${line.bad}` : "";
        card.said.textContent = `${words.done_parts} ${line.ended}${bad}`;
      }
    });
    now.stores.forEach((store, k) => {
      const card = stores[k];
      const places = film.buffers[k].places;
      if (places === 0) return;
      const count = places < 0 ? String(store.length) : `${store.length} / ${places}`;
      const pieces = hasLots ? store.reduce((sum, unit) => sum + (now.lots[unit] ?? 1), 0) : store.length;
      const told = pieces === store.length ? count : `${count} (${pieces} ${words.in_lots})`;
      if (card.shown === told) return;
      card.shown = told;
      card.said.textContent = told;
      card.card.classList.toggle("is-full", places > 0 && store.length >= places);
    });
    const second = Math.floor(at / 1000);
    if (second !== shownSecond) {
      shownSecond = second;
      $("clock").textContent = clock.format(film.since + at).replace(",", "");
    }
    const inside = now.lines.reduce((sum, line) => sum + line.units.length, 0)
      + now.stores.reduce((sum, store) => sum + store.length, 0);
    const figures = `${now.good} ${inside} ${now.scrap}`;
    if (figures !== shownFigures) {
      shownFigures = figures;
      $("good").textContent = now.good;
      $("wip").textContent = inside;
      $("scrap").textContent = now.scrap;
    }
    const moment = Math.round((at / film.length) * 1000);
    if (moment !== shownMoment) {
      shownMoment = moment;
      $("moment").value = moment;
      $("moment").setAttribute("aria-valuetext", $("clock").textContent);
    }
  }

  // --- Parts: dots on a canvas over the cards --------------------------------------------------
  const stage = $("stage"), canvas = $("parts"), pen = canvas.getContext("2d");
  const dots = new Map();
  let boxes = { tracks: [], slots: [] }, colours = {}, large = 1, radius = RADIUS;

  function measure() {
    const frame = stage.getBoundingClientRect(), ratio = devicePixelRatio || 1;
    canvas.width = Math.round(frame.width * ratio);
    canvas.height = Math.round(frame.height * ratio);
    canvas.style.width = `${frame.width}px`;
    canvas.style.height = `${frame.height}px`;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const box = (one) => {
      const each = one.getBoundingClientRect();
      return { x: each.x - frame.x, y: each.y - frame.y, w: each.width, h: each.height };
    };
    boxes = { tracks: cards.map((one) => box(one.track)), slots: stores.map((one) => box(one.slots)) };
    const style = getComputedStyle(document.documentElement);
    large = Math.max(1, parseFloat(style.fontSize) / REM);  // On a wall everything is larger.
    radius = RADIUS * large;
    colours = { ink: style.getPropertyValue("--ink"), part: style.getPropertyValue("--line"), edge: style.getPropertyValue("--panel"), quiet: style.getPropertyValue("--edge") };
    dots.clear();
  }

  function slot(k, n, count) {
    const box = boxes.slots[k], places = film.buffers[k].places;
    const wanted = Math.min(stores[k].most, Math.max(places > 0 ? places : count, 1));
    const pitch = Math.max(8, Math.min(16 * large, Math.sqrt((box.w * box.h) / wanted)));
    const columns = Math.max(1, Math.floor(box.w / pitch)), rows = Math.max(1, Math.floor(box.h / pitch));
    const kept = Math.min(n, columns * rows - 1, stores[k].most - 1);
    return { x: box.x + box.w - (kept % columns + 0.5) * pitch, y: box.y + (Math.floor(kept / columns) + 0.5) * pitch, r: Math.min(radius, pitch * 0.4) };
  }

  function targets(t) {
    const found = [];
    now.lines.forEach((line, k) => {
      const box = boxes.tracks[k], room = box.w - 4 * radius;
      line.units.forEach((one, n) => {
        const worked = one.worked + (line.state === 0 && !one.done ? t - line.since : 0);
        const exact = one.done ? 1 : one.planned > 0 ? Math.min(1, worked / one.planned) : 0.5;
        const share = calm.matches ? Math.floor(exact * CALM_STEPS) / CALM_STEPS : exact;
        found.push([one.unit, box.x + 2 * radius + share * room, box.y + box.h / 2 + (line.units.length > STACK_MAX ? 0 : (n - (line.units.length - 1) / 2) * 2), radius]);
      });
    });
    now.stores.forEach((store, k) => {
      store.forEach((unit, n) => {
        if (n >= stores[k].most) return;
        const place = slot(k, n, store.length);
        found.push([unit, place.x, place.y, place.r]);
      });
    });
    return found;
  }

  function draw(wall) {
    // A dot that moves on is on its way for a small part of a cycle, however fast the film runs.
    const ease = Math.min(EASE_MS, (EASE_SHARE * film.cycle) / Number($("speed").value));
    const share = calm.matches || !playing ? 1 : 1 - Math.exp(-wall / Math.max(1, ease));
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.strokeStyle = colours.quiet;
    film.buffers.forEach((buffer, k) => {
      for (let n = 0; n < Math.min(buffer.places, stores[k].most); n += 1) {
        const place = slot(k, n, 0);
        pen.beginPath();
        pen.arc(place.x, place.y, place.r, 0, 7);
        pen.stroke();
      }
    });
    pen.fillStyle = colours.part;
    const seen = new Set();
    for (const [unit, x, y, r] of targets(at)) {
      let dot = dots.get(unit);
      if (!dot) { dot = { x, y, r }; dots.set(unit, dot); }
      dot.x += (x - dot.x) * share;
      dot.y += (y - dot.y) * share;
      dot.r = r;
      seen.add(unit);
      pen.beginPath();
      pen.arc(dot.x, dot.y, dot.r, 0, 7);
      pen.fill();
    }
    // A load of many parts is one dot with their number beside it.
    pen.fillStyle = colours.ink;
    pen.font = `600 ${12 * large}px system-ui, sans-serif`;
    pen.textBaseline = "middle";
    now.lines.forEach((line, k) => {
      if (line.units.length <= STACK_MAX) return;
      const box = boxes.tracks[k], dot = dots.get(line.units[line.units.length - 1].unit);
      const isLeft = dot && dot.x < box.x + box.w / 2;
      pen.textAlign = isLeft ? "right" : "left";
      pen.fillText(String(line.units.length), isLeft ? box.x + box.w - 2 * radius : box.x + 2 * radius, box.y + box.h / 2);
    });
    for (const unit of dots.keys()) if (!seen.has(unit)) dots.delete(unit);
  }

  // --- Controls --------------------------------------------------------------------------------
  let before = 0;

  function frame(wall) {
    const passed = Math.min(100, wall - before);
    before = wall;
    if (playing) {
      const speed = Number($("speed").value);
      goTo(at + passed * speed);
      // Nobody watches a closed plant: on to what happens next, where that is not soon anyway.
      if ($("jump")?.checked && next < total && isShut() && times[next] - at > BLINK_MS * speed) goTo(times[next]);
      if (at >= film.length) play(false);
    }
    write();
    draw(passed);
    if (playing) requestAnimationFrame(frame);
  }

  const isShut = () => now.lines.every((line) => line.state === CLOSED);

  function show() { if (!playing) requestAnimationFrame((wall) => { before = wall; write(); draw(1e9); }); }

  function play(wanted) {
    if (wanted && at >= film.length) goTo(0);
    const started = wanted && !playing;
    playing = wanted;
    $("play").textContent = playing ? words.pause : words.play;
    if (started) requestAnimationFrame((wall) => { before = wall; frame(wall); });
    if (!playing) { tell(""); show(); }
  }

  function tell(what) {
    write();
    $("news").textContent = `${$("clock").textContent}${what}, ${words.good} ${now.good}`;
  }

  function step(way) {
    play(false);
    const wanted = Math.max(0, Math.min(total, next + way));
    const n = way > 0 ? wanted - 1 : wanted - 1;
    goTo(n >= 0 ? times[n] : 0, wanted);
    const place = n >= 0 ? events[n * STRIDE + 2] : -1;
    const name = place < 0 ? "" : place < stations ? film.stations[place] : film.buffers[place - stations].name;
    const state = place >= 0 && place < stations ? ` ${words[film.states[now.lines[place].state]]}` : "";
    tell(name ? `, ${name}${state}` : "");
    show();
  }

  function faster(way) {
    const list = $("speed");
    list.selectedIndex = Math.max(0, Math.min(list.length - 1, list.selectedIndex + way));
  }

  // A dot says which part it is, and how many pieces a lot has.
  stage.addEventListener("pointermove", (event) => {
    const frame = stage.getBoundingClientRect(), x = event.clientX - frame.x, y = event.clientY - frame.y;
    let found = "";
    for (const [unit, dot] of dots) {
      if (Math.hypot(dot.x - x, dot.y - y) > dot.r + 3) continue;
      found = `${words.part} ${unit}`;
      if (now.lots[unit]) found += `, ${now.lots[unit]} ${words.lot_pieces}`;
    }
    if (stage.title !== found) stage.title = found;
  });
  $("play").addEventListener("click", () => play(!playing));
  $("back").addEventListener("click", () => step(-1));
  $("step").addEventListener("click", () => step(1));
  $("moment").addEventListener("input", () => { goTo((Number($("moment").value) / 1000) * film.length); dots.clear(); show(); });
  const acts = {
    " ": () => play(!playing),
    ArrowRight: (event) => { if (event.shiftKey) { goTo(at + 60000); show(); } else step(1); },
    ArrowLeft: (event) => { if (event.shiftKey) { goTo(at - 60000); show(); } else step(-1); },
    Home: () => { goTo(0); dots.clear(); show(); },
    End: () => { goTo(film.length); dots.clear(); show(); },
    "+": () => faster(1), "-": () => faster(-1),
  };
  document.addEventListener("keydown", (event) => {
    const act = acts[event.key], tag = event.target.tagName;
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.type === "checkbox" || tag === "SELECT" || tag === "SUMMARY" || tag === "A") return;
    if (event.key === " " && tag === "BUTTON") return;
    event.preventDefault();
    act(event);
  });
  new ResizeObserver(() => { measure(); show(); }).observe(stage);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { measure(); show(); });
  document.getElementById("controls").hidden = false;
  measure();
  goTo(0);
  if (isShut()) {  // begins where somebody works
    let first = 0;
    while (first < total && events[first * STRIDE + 1] !== BEGAN) first += 1;
    if (first < total) goTo(times[first]);
  }
  show();
  window.linewrightReplay = {
    goTo: (t) => { goTo(t); dots.clear(); show(); },
    look: () => ({ at, next, good: now.good, scrap: now.scrap, states: now.lines.map((line) => film.states[line.state]), levels: now.stores.map((store) => store.length), inside: now.lines.reduce((sum, line) => sum + line.units.length, 0) + now.stores.reduce((sum, store) => sum + store.length, 0) }),
  };
})();
