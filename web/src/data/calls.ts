// Calls for help: their order, what comes next for each, and what a person does about them.
import type { CallPastView, CallsView, CallView } from "../contract/views";
import { t, word } from "../words";
import { act } from "./ask";
import { asFault, type Fault } from "./fault";

export const CALL_KINDS = ["maintenance", "material", "quality", "supervisor", "engineering", "logistics", "safety"] as const;

export type CallStep = "acknowledge" | "arrive" | "resolve" | "cancel";

/** What comes next for a call in a state. */
const NEXT: Readonly<Record<string, CallStep>> = { raised: "acknowledge", escalated: "acknowledge", acknowledged: "arrive", arrived: "resolve" };

export const nextStep = (call: Pick<CallView, "state">): CallStep | undefined => NEXT[call.state];

/** Whether nobody has answered it yet. */
export const callWaits = (call: Pick<CallView, "state">): boolean => call.state === "raised" || call.state === "escalated";

export type CallEntry = readonly [id: string, call: CallView];

/** Those that nobody has answered first, the highest level first, then the oldest. */
export function inCallOrder(view: CallsView | undefined): CallEntry[] {
  const rank = (call: CallView) => (callWaits(call) ? 0 : 1);
  return Object.entries(view?.calls ?? {}).sort(([, one], [, other]) =>
    rank(one) - rank(other) || (callWaits(one) ? (other.level ?? 0) - (one.level ?? 0) : 0) || one.raised_ms - other.raised_ms);
}

export const raiseCall = (address: string, kind: string, text = ""): Promise<CallView> =>
  act<CallView>("POST", "/api/calls", { address, kind, text });

export const actOnCall = (id: string, step: CallStep): Promise<CallView> =>
  act<CallView>("POST", `/api/calls/${encodeURIComponent(id)}`, { act: step });

/** What went wrong with an act on a call: whoever was faster is named, as the call now stands. */
export function callFault(error: unknown, who: (id: string | undefined) => string): string {
  const fault: Fault = asFault(error);
  const now = fault.status === 409 ? (fault.state as CallView | undefined) : undefined;
  if (!now) return [fault.what, fault.to_do].filter(Boolean).join(" · ");
  const by = who(callWaits(now) ? now.by : now.acknowledged_by) || t("by.person");
  return t(callWaits(now) ? "calls.called_before" : "calls.answered_before", { who: by, state: word("callstate", now.state) });
}

/** Seconds from the raising of a call to something of it; undefined: it has not happened. */
export const sinceRaised = (call: CallPastView, then_ms: number | undefined): number | undefined =>
  then_ms === undefined ? undefined : (then_ms - call.raised_ms) / 1000;
