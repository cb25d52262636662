// The limits of real servers (profiles.json), laid on a node-opcua server. What it can impose by its
// own options is set there; what it cannot, is put around its services in a few lines each.
//
// `extra` names behaviour beyond the numbers: outstanding_sum (items over all requests not yet
// answered), hidden (a limit that is enforced and not published), silent_after (subscriptions whose
// items vanish without a word), references (of one node in one answer; the rest waits behind a
// continuation point), continuation_points, browse_ms, read_ms, create_ms (delays), keep_alive_max,
// lifetime_max, publishing_min_ms, sampling_list, node_sampling_ms.
"use strict";

const SLOW_FROM = 200; // items per call from which an S7-1200 slows down

function capabilities(profile, extra) {
  const own = (profile && profile.limits) || {};
  const published = (value) => (extra.hidden ? 0 : value || 0);
  const found = {
    operationLimits: {
      maxNodesPerRead: published(own.max_nodes_per_read),
      maxNodesPerWrite: published(own.max_nodes_per_write),
      maxNodesPerBrowse: published(own.max_nodes_per_browse),
      maxMonitoredItemsPerCall: published(own.max_monitored_items_per_call),
    },
    maxSessions: own.max_sessions || 100,
    maxSubscriptions: own.max_subscriptions || 100,
    maxSubscriptionsPerSession: 50,
    maxMonitoredItems: own.max_monitored_items || 1000000,
    maxMonitoredItemsPerSubscription: own.max_monitored_items_per_subscription || 100000,
    maxMonitoredItemsQueueSize: own.max_queue_size || 60000,
    minSupportedSampleRate: own.min_sampling_interval_ms || 50,
  };
  if (extra.continuation_points) found.maxBrowseContinuationPoints = extra.continuation_points;
  return found;
}

// Statics of the library, before the server exists.
function before(profile, extra, opcua) {
  const own = (profile && profile.limits) || {};
  const { MonitoredItem, Subscription } = require("node-opcua-server");
  MonitoredItem.minimumSamplingInterval = own.min_sampling_interval_ms || 10;
  Subscription.minimumPublishingInterval = own.min_publishing_interval_ms || 20;
  if (own.max_publishing_interval_ms) {
    Subscription.maximumPublishingInterval = own.max_publishing_interval_ms;
  }
  if (own.max_subscription_lifetime_s) {
    Subscription.maximumLifetimeDuration = own.max_subscription_lifetime_s * 1000;
  }
  if (own.supports_data_change_filter === false) refuseFilters(Subscription, opcua);
}

function refuseFilters(Subscription, opcua) {
  const original = Subscription.prototype.preCreateMonitoredItem;
  Subscription.prototype.preCreateMonitoredItem = function asked(space, stamps, request) {
    if (request.requestedParameters.filter) {
      const statusCode = opcua.StatusCodes.BadFilterNotAllowed;
      return { createResult: new opcua.MonitoredItemCreateResult({ statusCode }) };
    }
    return original.call(this, space, stamps, request);
  };
}

function around(server, profile, extra, opcua) {
  const own = (profile && profile.limits) || {};
  const refuse = (channel, message, statusCode) =>
    channel.send_response(
      "MSG",
      new opcua.ServiceFault({ responseHeader: { serviceResult: statusCode } }),
      message,
    );
  const { BadTooManyOperations, BadTooManyMonitoredItems } = opcua.StatusCodes;
  wrap(server, "Read", (request) => (request.nodesToRead || []).length, {
    most: extra.hidden ? own.max_nodes_per_read : 0,
    sum: extra.outstanding_sum,
    wait_ms: () => extra.read_ms || 0,
    refuse: (channel, message) => refuse(channel, message, BadTooManyOperations),
  });
  wrap(server, "Browse", (request) => (request.nodesToBrowse || []).length, {
    most: extra.hidden ? own.max_nodes_per_browse : 0,
    wait_ms: () => extra.browse_ms || 0,
    refuse: (channel, message) => refuse(channel, message, BadTooManyOperations),
  });
  wrap(server, "CreateMonitoredItems", (request) => (request.itemsToCreate || []).length, {
    most: extra.hidden ? own.max_monitored_items_per_call : 0,
    sum: extra.outstanding_sum,
    wait_ms: (count) => (count > SLOW_FROM ? extra.create_ms || 0 : 0),
    refuse: (channel, message) => refuse(channel, message, BadTooManyOperations),
  });
  if (extra.references) answerInParts(server, extra.references);
  if (extra.silent_after) loseSilently(server, extra.silent_after);
  if (extra.keep_alive_max) revise(server, extra);
  if (own.max_monitored_items) countAll(server, own.max_monitored_items, BadTooManyMonitoredItems, opcua);
}

// Fewer references in one answer than a client asks for: the rest is there by BrowseNext alone.
function answerInParts(server, most) {
  const original = server._on_BrowseRequest.bind(server);
  server._on_BrowseRequest = (message, channel) => {
    const asked = message.request.requestedMaxReferencesPerNode;
    message.request.requestedMaxReferencesPerNode = asked ? Math.min(asked, most) : most;
    return original(message, channel);
  };
}

// One service with a limit per call, one over all outstanding calls, and a delay before it is done.
function wrap(server, service, size, { most, sum, wait_ms, refuse }) {
  const name = `_on_${service}Request`;
  const original = server[name].bind(server);
  const outstanding = { count: 0 };
  server[name] = (message, channel) => {
    const count = size(message.request);
    if (most && count > most) return refuse(channel, message);
    if (sum && outstanding.count + count > sum) return refuse(channel, message);
    const wait = Math.max(wait_ms(count), sum ? 5 : 0);
    outstanding.count += count;
    const go = () => {
      outstanding.count -= count;
      original(message, channel);
    };
    return wait ? setTimeout(go, wait) : go();
  };
}

// Items of later subscriptions are answered as good, and then are not there.
function loseSilently(server, kept) {
  const known = [];
  const original = server._on_CreateMonitoredItemsRequest.bind(server);
  server._on_CreateMonitoredItemsRequest = (message, channel) => {
    const id = message.request.subscriptionId;
    if (!known.includes(id)) known.push(id);
    original(message, channel);
    const session = server.getSession(message.request.requestHeader.authenticationToken);
    const subscription = session && session.getSubscription(id);
    const alive = known.filter((each) => session && session.getSubscription(each));
    if (subscription && alive.indexOf(id) >= kept) {
      setImmediate(() => {
        for (const item of [...subscription.monitoredItems.keys()]) {
          subscription.removeMonitoredItem(item);
        }
      });
    }
  };
}

// Keep-alive and lifetime counts above the bounds are revised.
function revise(server, extra) {
  const original = server._on_CreateSubscriptionRequest.bind(server);
  server._on_CreateSubscriptionRequest = (message, channel) => {
    const { request } = message;
    request.requestedMaxKeepAliveCount = Math.min(request.requestedMaxKeepAliveCount, extra.keep_alive_max);
    request.requestedLifetimeCount = Math.min(request.requestedLifetimeCount, extra.lifetime_max);
    original(message, channel);
  };
}

// The whole server holds so many items, over all sessions: node-opcua counts them by subscription.
function countAll(server, most, statusCode, opcua) {
  const { Subscription } = require("node-opcua-server");
  const original = Subscription.prototype.preCreateMonitoredItem;
  Subscription.prototype.preCreateMonitoredItem = function asked(space, stamps, request) {
    if (server.engine.serverDiagnosticsSummary && total(server) >= most) {
      return { createResult: new opcua.MonitoredItemCreateResult({ statusCode }) };
    }
    return original.call(this, space, stamps, request);
  };
}

function total(server) {
  let count = 0;
  for (const session of Object.values(server.engine._sessions || {})) {
    const publish = session.publishEngine;
    if (publish) for (const each of publish.subscriptions) count += each.monitoredItemCount;
  }
  return count;
}

module.exports = { around, before, capabilities };
