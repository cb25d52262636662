// An edge node on sparkplug-client: metrics n0..n<k> of one device fall by one at a rate.
// Only this script is ours. `node sparkplug_js.js CONFIG.json`; NODE_PATH names its packages.
// Every value is written to the truth file before it is published: {node, value, t_ns, at_ns}.
"use strict";

const fs = require("fs");
const readline = require("readline");
const sparkplug = require("sparkplug-client");

const config = {
  host: "127.0.0.1",
  user: "",
  password: "",
  metrics: 10,
  per_s: 2, // messages in a second; each has every metric
  keep_alive: 3,
  first: 0,
  ...JSON.parse(fs.readFileSync(process.argv[2], "utf-8")),
};
const FIRST = -12;
const truth = fs.openSync(config.truth, "a");
let count = config.first;
let born = false;
let shift_ms = 0;
let pause = false;

const client = sparkplug.newClient({
  serverUrl: `tcp://${config.host}:${config.port}`,
  username: config.user,
  password: config.password,
  groupId: config.group,
  edgeNode: config.node,
  clientId: `${config.group}-${config.node}`,
  version: "spBv1.0",
  keepalive: config.keep_alive,
  publishDeath: true,
});

function metrics(at_ms) {
  return Array.from({ length: config.metrics }, (_, index) => ({
    name: `n${index}`,
    value: FIRST - count,
    type: "Int32",
    timestamp: at_ms,
  }));
}

function note(at_ms) {
  let lines = "";
  for (let index = 0; index < config.metrics; index += 1) {
    const stamp = `"t_ns":${at_ms}000000,"at_ns":${Date.now()}000000`;
    lines += `{"node":"n${index}","value":${FIRST - count},${stamp}}\n`;
  }
  fs.writeSync(truth, lines);
}

function births() {
  const at_ms = Date.now() + shift_ms;
  client.publishNodeBirth({
    timestamp: at_ms,
    metrics: [{ name: "Node Control/Rebirth", type: "Boolean", value: false }],
  });
  client.publishDeviceBirth(config.device, { timestamp: at_ms, metrics: metrics(at_ms) });
  born = true;
}

client.on("birth", births);
client.on("offline", () => {
  born = false;
});
client.on("ncmd", (payload) => {
  const wanted = payload.metrics.some((each) => each.name === "Node Control/Rebirth" && each.value);
  if (!wanted) return;
  process.stdout.write(`${JSON.stringify({ rebirth: {} })}\n`);
  births();
});
client.on("dcmd", (_device, payload) => {
  process.stdout.write(`${JSON.stringify({ command: payload.metrics[0].name })}\n`);
});

readline.createInterface({ input: process.stdin }).on("line", (text) => {
  const told = JSON.parse(text);
  if ("shift_ms" in told) shift_ms = told.shift_ms;
  if ("pause" in told) pause = told.pause;
  process.stdout.write(`${JSON.stringify({ done: told })}\n`);
});

client.on("connect", () => process.stdout.write(`${JSON.stringify({ ready: {} })}\n`));
setInterval(() => {
  if (!born || pause) return;
  count += 1;
  const at_ms = Date.now() + shift_ms;
  note(at_ms);
  client.publishDeviceData(config.device, { timestamp: at_ms, metrics: metrics(at_ms) });
}, 1000 / config.per_s);
