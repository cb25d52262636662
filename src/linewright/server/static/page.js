// The first page: one stream of states in, the same page redrawn in place. No build, no library.

const STAGES = ["open", "diagnosed", "rehearsed", "proposed", "granted", "acting", "verifying", "closed"];
const LOST_S = 2.5; // the server speaks at least once a second
// What a neighbour or the plan brings about is told by a word and a sign; colour is for the rest.
const SIGNS = { running: "", idle: "", blocked: "▣ ", starved: "▢ ", set_up: "▷ ", planned_stop: "▷ ", off: "○ ", down: "✕ " };
const kindOf = (name) => (name === "down" ? "bad" : name in SIGNS ? "" : "warn");
const $ = (id) => document.getElementById(id);

let state = null; // the newest state, as /api/state gives it
let heardAt = 0; // performance.now() of it
let answer = ""; // what became of the last thing a person asked for

if (location.hash.startsWith("#key=")) {
  sessionStorage.setItem("key", decodeURIComponent(location.hash.slice(5)));
  history.replaceState(null, "", location.pathname); // the key stays out of bookmarks and screens
}
const key = sessionStorage.getItem("key") ?? "";

// --- Small tools ----------------------------------------------------------------------------

function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== ""));
  return made;
}

const drawn = new Map(); // what stands where, so that what has not changed keeps focus and selection
function put(id, signature, make) {
  const text = JSON.stringify(signature);
  if (drawn.get(id) === text) return;
  drawn.set(id, text);
  $(id).replaceChildren(...make());
}

const words = (name) => name.replaceAll("_", " ");
const number = (value, digits = 1) => value.toLocaleString("en", { maximumFractionDigits: digits });
const figure = (value) => value.toLocaleString("en", { maximumSignificantDigits: 3 });
const share = (value, digits = 0) => `${number(100 * value, digits)}\u00a0%`;

const chance = (value) => (value > 0.995 ? "over 99\u00a0%" : value < 0.005 ? "below 1\u00a0%" : share(value));

function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

const sinceHeardS = () => (performance.now() - heardAt) / 1000;
const plantMs = () => state.clock.t_ms + Math.min(sinceHeardS(), 2) * 1000 * state.clock.speed;

// --- Drawing --------------------------------------------------------------------------------

function draw() {
  drawTop();
  if (!state) return;
  drawLine();
  drawCase();
  drawSide();
}

function drawTop() {
  const gone = !state || sinceHeardS() > LOST_S;
  const age = state && state.data.age_s !== null ? state.data.age_s + sinceHeardS() : null;
  const stale = age === null || age > (state ? state.data.fresh_s : 0);
  let text = "connecting";
  let mark = "mark";
  if (state && gone) [text, mark] = [`✕ no connection for ${span(sinceHeardS())}`, "mark bad"];
  else if (state && age === null) [text, mark] = ["! no data yet", "mark warn"];
  else if (state && stale) [text, mark] = [`✕ no data for ${span(age)}`, "mark bad"];
  else if (state) text = `data ${number(age)} s old`;
  if ($("freshness").textContent !== text) $("freshness").textContent = text;
  $("freshness").className = mark;
  $("freshness").setAttribute("aria-live", stale || gone ? "polite" : "off"); // ages are not read out
  const down = state ? state.services.filter((one) => one.state === "down").map((one) => one.name) : [];
  const trouble = state && gone
    ? "The server does not answer. What stands below is old."
    : state && age !== null && stale ? `No data from the machines. ${down.length ? `Down: ${down.join(", ")}. ` : ""}It comes back by itself.` : "";
  if ($("trouble").textContent !== trouble) $("trouble").textContent = trouble;
  $("trouble").hidden = !trouble;
  $("line").classList.toggle("stale", stale || gone);
  if (!state) return;
  document.title = `${state.lines[0]?.label ?? state.plant} · Linewright`;
  $("plant").textContent = [state.plant, ...state.lines.map((line) => line.label)].join(" · ");
  $("clock").textContent = state.clock.t_ms === null ? "plant clock not heard yet" : [
    new Date(plantMs()).toLocaleString("sv-SE", { timeZone: state.clock.timezone }),
    state.simulated ? `simulated, ${number(state.clock.speed)} times as fast` : "plant time",
  ].join(" · ");
  const { stopped, by, at } = state.stop;
  $("stop").textContent = stopped ? "Let automatic actions go on" : "Stop automatic actions";
  $("stop").disabled = !key;
  $("stop-words").textContent = stopped ? `stopped by ${by} at ${at}; not an emergency stop` : "not an emergency stop";
  $("stop-words").className = stopped ? "mark warn" : "";
}

function drawLine() {
  const line = state.lines[0];
  if (!line) return put("line-words", "none", () => ["This site has no line with a flow."]);
  const counts = state.data.age_s !== null; // before the first data every count is a guess
  const said = [
    line.good === null || !counts ? "Nothing is counted yet." : `${line.good} good, ${line.scrap} scrap since ${line.counted_since || "the start"}.`,
    line.pace ? `On paper ${number(line.pace.per_h)} an hour; ${line.pace.station} is slowest with ${number(line.pace.cycle_s)} s.` : "",
  ].join(" ");
  put("line-words", said, () => [said]);
  const forS = (station) => station.since_ms && state.clock.t_ms !== null ? Math.max(0, (plantMs() - station.since_ms) / 1000) : null;
  put("line", [counts, line.stations, line.buffers, state.cases.map((one) => [one.address, one.stage]), Math.floor((state.clock.t_ms ?? 0) / 1000)], () => line.stations.flatMap((station, index) => {
    const buffer = line.buffers.find((one) => one.from === station.name && one.to === line.stations[index + 1]?.name);
    const kind = kindOf(station.state);
    const sign = SIGNS[station.state] ?? "! ";
    const lasts = forS(station);
    return [
      el("li", { class: `station ${kind}` },
        el("strong", {}, station.label),
        el("span", { class: `mark ${kind}` }, sign + words(station.state)),
        lasts === null ? "" : el("small", {}, ` for ${span(lasts)}`),
        station.reason ? el("p", {}, words(station.reason)) : "",
        station.good === undefined || !counts ? "" : el("p", {}, `${station.good} good · ${station.scrap} scrap`),
        ...(station.wear ?? []).map((one) => el("p", { class: "quiet" }, `${one.label}: ${share(one.used)} of its life counted`)),
        ...openAt(station.address).map((one) => el("p", {}, el("a", { class: "mark warn", href: "#case" }, `! case ${one.stage}`))),
        station.doubts?.length ? el("p", {}, el("span", { class: "mark warn" }, `! data ${station.doubts.join(", ")}`)) : ""),
      ...(buffer ? [el("li", { class: "buffer" },
        buffer.places ? el("progress", { max: buffer.places, value: (counts && buffer.count) || 0, "aria-hidden": "true" }) : "",
        el("span", {}, `${buffer.about && counts ? "about " : ""}${(counts ? buffer.count : null) ?? "?"}${buffer.places === null ? "" : ` of ${buffer.places}`}`))] : []),
    ];
  }));
}

const UNITS = { degC: "°C", degF: "°F", "N*m": "N·m", um: "µm" }; // as people write them

const openAt = (address) => state.cases.filter((one) => one.address === address && one.stage !== "closed");

function effects(list) {
  return list.map((one) => el("span", {}, `${one.mean > 0 ? "+" : ""}${figure(one.mean)} ${one.unit ? `${UNITS[one.unit] ?? words(one.unit)} ` : ""}`,
    el("small", {}, `(${figure(one.low)} to ${figure(one.high)}, ${share(one.level, 1)})`)));
}

function causes(list) {
  const item = (cause) => el("li", {}, `${chance(cause.probability)} ${cause.words}`, cause.why ? el("div", { class: "quiet" }, cause.why) : "");
  const likely = list.filter((cause) => cause.probability >= 0.01);
  const others = list.filter((cause) => cause.probability < 0.01);
  return el("div", {}, el("ul", {}, ...likely.map(item)), others.length
    ? el("details", {}, el("summary", {}, `${others.length} others below 1\u00a0%`), el("ul", {}, ...others.map(item))) : "");
}

function candidates(list) {
  // What concerns the line is compared; effects on single tags are for the verification.
  const ofLine = (one) => one.effects.filter((effect) => !effect.measure.includes("#"));
  const measures = [...new Set(list.flatMap((one) => ofLine(one).map((effect) => effect.words)))];
  return el("table", {},
    el("caption", { class: "skip" }, "What was tried on the twin"),
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "candidate"),
      ...measures.map((one) => el("th", { scope: "col" }, one)))),
    el("tbody", {}, ...list.map((one) => el("tr", { class: one.chosen ? "chosen" : "" },
      el("th", { scope: "row" }, (one.chosen ? "▶ proposed: " : "") + one.words, one.call ? ` (calls ${one.call}${one.call_at ? ` for ${one.call_at}` : ""})` : ""),
      ...measures.map((measure) => el("td", { "data-label": measure },
        ...(one.effects.length ? effects(ofLine(one).filter((effect) => effect.words === measure)) : ["–"])))))));
}

function compared(one) {
  const measures = [...new Set([...one.measured, ...one.expected].map((effect) => effect.words))];
  const of = (list, measure) => effects(list.filter((effect) => effect.words === measure));
  return el("table", {},
    el("thead", {}, el("tr", {}, ...["", "predicted", "measured"].map((head) => el("th", { scope: "col" }, head)))),
    el("tbody", {}, ...measures.map((measure) => el("tr", {}, el("th", { scope: "row" }, measure),
      el("td", { "data-label": "predicted" }, ...of(one.expected, measure)),
      el("td", { "data-label": "measured" }, ...of(one.measured, measure))))));
}

function caseParts(one) {
  const at = STAGES.indexOf(one.stage);
  const part = (title, list, make) => (list.length ? [el("h4", {}, title), make(list)] : []);
  const bullets = (list) => el("ul", {}, ...list.map((text) => el("li", {}, text)));
  return [
    el("h3", {}, one.title || words(one.kind) || "Case"),
    el("ol", { class: "steps", "aria-label": "stage of the case" }, ...STAGES.map((name, index) =>
      el("li", { "aria-current": index === at ? "step" : null }, `${index === at && name !== "closed" ? "▶" : index === at || one.passed.includes(name) ? "✓" : index < at ? "–" : "○"} ${name}${index === at && one.outcome ? `: ${one.outcome}` : ""}`))),
    ...part("Possible causes", one.causes, causes),
    ...part("Proposal", one.proposal, (list) => bullets(list.map((change) => change.words))),
    ...(one.advice ? [el("p", {}, one.advice)] : []),
    ...(one.can_confirm ? [el("div", { class: "act" },
      el("button", { class: "main", id: "confirm", disabled: !key }, "Confirm…"),
      el("button", { id: "refuse", disabled: !key }, "Refuse…"),
      key ? "" : el("small", {}, "To act, open the address that the command printed: it holds the key."))] : []),
    ...part("Command", one.commands, (list) => bullets(list.map((command) =>
      [command.outcome, command.words, (command.after ?? "") === "" ? "" : `read back ${command.after}`].filter(Boolean).join("; ")))),
    ...(one.verify_until && one.stage === "verifying" ? [el("p", {}, `The effect is judged until ${one.verify_until}.`)] : []),
    ...(one.measured.length ? [el("h4", {}, "Predicted against measured"), compared(one)] : []),
    ...(one.lesson ? [el("p", {}, one.lesson)] : []),
    ...part("Candidates, tried on the twin against doing nothing", one.candidates, candidates),
  ];
}

function drawCase() {
  const open = state.cases.filter((one) => one.stage !== "closed");
  const shown = open[0] ?? state.cases[0];
  $("case-title").textContent = !shown ? "Case" : shown.stage === "closed" ? "Last case" : open.length > 1 ? `Case (1 of ${open.length} open)` : "Case";
  put("case-body", [shown ?? null, shown ? null : state.lines[0]?.pace], () => {
    if (shown) return caseParts(shown);
    const pace = state.lines[0]?.pace;
    return [el("p", {}, "No case is open."), el("p", { class: "quiet" }, pace
      ? `Expected from the line without losses: ${number(pace.per_h)} parts an hour. A case opens by itself when a machine leaves what is usual for it.`
      : "A case opens by itself when a machine leaves what is usual for it.")];
  });
  $("case").classList.toggle("asks", Boolean(shown?.can_confirm)); // on a phone it then stands first
  const news = shown ? `${shown.title} Now ${shown.stage} ${shown.outcome}` : "";
  if ($("news").textContent !== news) $("news").textContent = news; // read out, not shown twice
  if ($("answer").textContent !== answer) $("answer").textContent = answer;
  if (shown?.can_confirm && $("confirm")) {
    const changes = shown.proposal.map((change) => change.words).join(" ");
    $("confirm").onclick = () => ask(`${changes} Linewright will write this to the machine.`, "Yes, confirm", `/api/cases/${shown.id}/confirm`);
    $("refuse").onclick = () => ask(`Refuse: ${shown.title} Nothing is changed and the case is closed.`, "Yes, refuse", `/api/cases/${shown.id}/refuse`);
  }
}

function drawSide() {
  put("services", state.services.map((one) => [one.name, one.state]), () => state.services.map((one) => {
    const kind = { up: "", down: "bad" }[one.state] ?? "warn";
    return el("li", {}, `${one.name} `, el("span", { class: `mark ${kind}` }, ({ bad: "✕ ", warn: "! ", "": "" })[kind] + one.state));
  }));
  put("audit", state.audit, () => state.audit.length ? [...state.audit].reverse().map((one) => el("li", {},
    el("time", {}, one.at), ` ${one.action} · ${one.outcome} · ${one.by}`, one.words ? el("div", { class: "quiet" }, one.words) : "")) : [el("li", {}, "Nothing yet.")]);
}

// --- Acting ---------------------------------------------------------------------------------

function ask(text, yes, path) {
  $("sure-words").textContent = text;
  $("sure-yes").textContent = yes;
  $("sure").onclose = () => { if ($("sure").returnValue === "yes") act(path); };
  $("sure").returnValue = "no";
  $("sure").showModal();
}

async function act(path) {
  answer = "Asked; waiting for the answer…";
  draw();
  try {
    const response = await fetch(path, { method: "POST", headers: { authorization: `Bearer ${key}` } });
    const said = await response.json();
    answer = response.ok ? "Done." : `Not done: ${said.what} (${said.to_do}).`;
  } catch {
    answer = "Not known: the server did not answer. Look at the state before asking again.";
  }
  draw();
}

$("stop-form").onsubmit = (event) => {
  event.preventDefault();
  if (state?.stop.stopped) ask("Automatic actions may go on.", "Yes, go on", "/api/stop/clear");
  else act("/api/stop"); // stopping asks nothing
};

function listen() {
  const source = new EventSource("/api/live"); // it connects again by itself
  source.onerror = () => { if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000); };
  source.onmessage = (event) => { state = JSON.parse(event.data); heardAt = performance.now(); draw(); };
}

// Reading needs a session by now: the key opens one, and the stream is asked for with its cookie.
async function enter() {
  if (key) await fetch("/api/key", { method: "POST", body: JSON.stringify({ key }) }).catch(() => {});
  listen();
}

enter();
setInterval(drawTop, 250);
