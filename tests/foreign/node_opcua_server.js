// A machine on node-opcua: N counters that change at a rate, with the limits of a real server.
// Only this script is ours. `node node_opcua_server.js CONFIG.json`; NODE_PATH names its packages.
//
// Every change is written to the truth file before it is shown: {node, value, t_ns, at_ns}, where
// t_ns is the source's stamp and at_ns the true time. One line of JSON on standard output says when
// it serves; lines on standard input change it while it runs:
//   {"shift_ms": 3600000}   the source's clock steps        {"pause": true}   nothing changes
//   {"late_ms": 5000, "of": 10}   the next 10 values bear a stamp so much older
"use strict";

const fs = require("fs");
const path = require("path");
const readline = require("readline");
const opcua = require("node-opcua");
const limits = require(path.join(__dirname, "node_opcua_limits.js"));

const TICK_MS = 20;

const config = {
  host: "127.0.0.1",
  namespace: "urn:test:machine",
  padding: 0, // namespaces before ours: a restart with another number renumbers them
  variables: 100,
  per_s: 1, // changes of one variable in a second
  first: 0, // its running number begins behind this one
  static_nodes: 0, // further variables that never change, to browse
  nested: false, // variables below variables, as struct members are
  slow_ms: 0, // how long the address space is incomplete
  secure: false,
  users: {},
  pki: "",
  hostname: "", // advertised instead of the true one
  profile: null, // one entry of profiles.json
  extra: {}, // behaviour beyond its numbers: see node_opcua_limits.js
  ...JSON.parse(fs.readFileSync(process.argv[2], "utf-8")),
};

const truth = fs.openSync(config.truth, "a");
const state = { shift_ms: 0, late_ms: 0, late_of: 0, pause: false };

function endpoint() {
  const { SecurityPolicy, MessageSecurityMode } = opcua;
  const open = { securityPolicies: [SecurityPolicy.None], securityModes: [MessageSecurityMode.None] };
  const secure = {
    securityPolicies: [SecurityPolicy.Basic256Sha256, SecurityPolicy.Aes256_Sha256_RsaPss],
    securityModes: [MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt],
  };
  const named = Object.keys(config.users).length > 0;
  const certificates = new opcua.OPCUACertificateManager({
    rootFolder: config.pki,
    automaticallyAcceptUnknownCertificate: true,
  });
  return {
    host: config.host,
    port: config.port,
    hostname: config.hostname || config.host,
    maxConnectionsPerEndpoint: 100,
    ...(config.secure ? secure : open),
    allowAnonymous: !named,
    userManager: { isValidUser: (user, password) => config.users[user] === password },
    serverCertificateManager: certificates,
    userCertificateManager: certificates,
    disableDiscovery: !config.secure,
    serverCapabilities: limits.capabilities(config.profile, config.extra, opcua),
  };
}

function now() {
  return Date.now() + state.shift_ms;
}

function addVariable(namespace, parent, name, value) {
  return namespace.addVariable({
    componentOf: parent,
    nodeId: `s=${name}`,
    browseName: name,
    dataType: "UInt32",
    accessLevel: "CurrentRead",
    minimumSamplingInterval: (config.extra && config.extra.node_sampling_ms) || 0,
    value: {
      dataType: opcua.DataType.UInt32,
      value,
      statusCode: opcua.StatusCodes.Good,
    },
  });
}

function addCommands(namespace, device) {
  const speed = namespace.addVariable({
    componentOf: device,
    nodeId: "s=Speed",
    browseName: "Speed",
    dataType: "Double",
    accessLevel: "CurrentRead | CurrentWrite",
    value: { dataType: opcua.DataType.Double, value: 100 },
  });
  speed.on("value_changed", (value) => note("Speed", value.value.value, now()));
  const method = namespace.addMethod(device, {
    nodeId: "s=Reset",
    browseName: "Reset",
    inputArguments: [{ name: "to", dataType: opcua.DataType.Double, description: "new speed" }],
    outputArguments: [],
  });
  method.bindMethod((given, _context, done) => {
    speed.setValueFromSource(given[0]);
    done(null, { statusCode: opcua.StatusCodes.Good, outputArguments: [] });
  });
}

function note(node, value, stamp_ms) {
  fs.writeSync(truth, line(node, value, stamp_ms, Date.now()));
}

function line(node, value, stamp_ms, at_ms) {
  return `{"node":"${node}","value":${value},"t_ns":${stamp_ms}000000,"at_ns":${at_ms}000000}\n`;
}

// Changes in their turn: each tick some variables, so that the rate is even.
function change(variables) {
  const { DataType, StatusCodes } = opcua;
  const counts = new Array(variables.length).fill(config.first);
  const begun = process.hrtime.bigint();
  let done = 0;
  let next = 0;
  setInterval(() => {
    const elapsed_s = Number(process.hrtime.bigint() - begun) / 1e9;
    const due = Math.floor(elapsed_s * variables.length * config.per_s);
    // After a standstill nothing is made up for: no variable changes twice within a quarter of its
    // period, so that no sampling of the server's can miss one.
    const wanted = Math.min(due - done, Math.ceil(variables.length / 4));
    done = due;
    if (state.pause || wanted <= 0) return;
    const at_ms = Date.now();
    const shown = [];
    let lines = "";
    for (let each = 0; each < wanted; each += 1) {
      const index = next;
      next = (next + 1) % variables.length;
      counts[index] += 1;
      let stamp_ms = at_ms + state.shift_ms;
      if (state.late_of > 0) {
        state.late_of -= 1;
        stamp_ms -= state.late_ms;
      }
      lines += line(`v${index}`, counts[index], stamp_ms, at_ms);
      shown.push([index, counts[index], stamp_ms]);
    }
    fs.writeSync(truth, lines);
    for (const [index, value, stamp_ms] of shown) {
      variables[index].setValueFromSource(
        { dataType: DataType.UInt32, value },
        StatusCodes.Good,
        new Date(stamp_ms),
      );
    }
  }, TICK_MS);
}

function listen() {
  readline.createInterface({ input: process.stdin }).on("line", (text) => {
    const told = JSON.parse(text);
    if ("shift_ms" in told) state.shift_ms = told.shift_ms;
    if ("pause" in told) state.pause = told.pause;
    if ("late_ms" in told) [state.late_ms, state.late_of] = [told.late_ms, told.of];
    process.stdout.write(`${JSON.stringify({ done: told })}\n`);
  });
}

async function main() {
  limits.before(config.profile, config.extra, opcua);
  const server = new opcua.OPCUAServer(endpoint());
  await server.initialize();
  limits.around(server, config.profile, config.extra, opcua);
  const space = server.engine.addressSpace;
  for (let each = 0; each < config.padding; each += 1) space.registerNamespace(`urn:test:pad${each}`);
  const namespace = space.registerNamespace(config.namespace);
  const device = namespace.addObject({
    organizedBy: space.rootFolder.objects,
    nodeId: "s=Machine",
    browseName: "Machine",
  });
  addCommands(namespace, device);
  const variables = [];
  const fill = (from, until) => {
    for (let each = from; each < until; each += 1) {
      const parent = config.nested && each % 10 ? variables[each - (each % 10)] : device;
      variables.push(addVariable(namespace, parent, `v${each}`, config.first));
    }
  };
  const atOnce = config.slow_ms ? Math.floor(config.variables / 2) : config.variables;
  fill(0, atOnce);
  let folder = device;
  for (let each = 0; each < config.static_nodes; each += 1) {
    if (each % 1000 === 0) {
      folder = namespace.addObject({ componentOf: device, browseName: `f${each / 1000}` });
    }
    addVariable(namespace, folder, `x${each}`, each);
  }
  await server.start();
  const rest = () => {
    fill(atOnce, config.variables);
    change(variables);
  };
  if (config.slow_ms) setTimeout(rest, config.slow_ms);
  else rest();
  listen();
  const found = { port: config.port, namespace_index: namespace.index, pid: process.pid };
  process.stdout.write(`${JSON.stringify({ ready: found })}\n`);
}

process.on("SIGTERM", () => process.exit(0));
main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
