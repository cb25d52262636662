// A client on node-opcua: `node node_opcua_client.js URL SECONDS NODE...` subscribes to the nodes and
// prints for each `heard NODE STATUS COUNT`. Only this script is ours; NODE_PATH names its packages.
"use strict";

const opcua = require("node-opcua");

const [url, seconds, ...nodes] = process.argv.slice(2);

async function main() {
  const client = opcua.OPCUAClient.create({
    endpointMustExist: false,
    connectionStrategy: { maxRetry: 1 },
  });
  await client.connect(url);
  const session = await client.createSession();
  const subscription = await session.createSubscription2({
    requestedPublishingInterval: 100,
    requestedLifetimeCount: 600,
    requestedMaxKeepAliveCount: 10,
    publishingEnabled: true,
  });
  const heard = new Map(nodes.map((node) => [node, { status: "nothing", count: 0 }]));
  for (const node of nodes) {
    const item = await subscription.monitor(
      { nodeId: node, attributeId: opcua.AttributeIds.Value },
      { samplingInterval: 50, queueSize: 100, discardOldest: true },
      opcua.TimestampsToReturn.Both,
    );
    item.on("changed", (value) => {
      const found = heard.get(node);
      found.count += 1;
      found.status = value.statusCode.name;
    });
  }
  await new Promise((done) => setTimeout(done, Number(seconds) * 1000));
  for (const [node, { status, count }] of heard) {
    process.stdout.write(`heard ${node} ${status} ${count}\n`);
  }
  await subscription.terminate();
  await session.close();
  await client.disconnect();
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
