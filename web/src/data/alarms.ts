// Alarms that are not normal: their order, their words, and what a person does to them.
import type { AlarmActed, AlarmsView, AlarmView, PlantView } from "../contract/views";
import { label, t, word } from "../words";
import { act } from "./ask";
import { nameOf, placeAt } from "./plant";
import { partsOf, tagAt, tagWords } from "./tags";

export type AlarmEntry = readonly [id: string, alarm: AlarmView];
export type AlarmTab = "active" | "shelved" | "suppressed" | "out_of_service";

const PRIORITIES = ["critical", "high", "medium", "low"];
const WAITING = new Set(["unacknowledged", "returned_unacknowledged", "latched_unacknowledged"]);
const ACTIVE = new Set(["unacknowledged", "acknowledged"]);

/** Where an alarm is listed. */
export const tabOf = (alarm: AlarmView): AlarmTab =>
  alarm.state === "shelved" || alarm.state === "suppressed" || alarm.state === "out_of_service" ? alarm.state : "active";

/** Whether nobody has seen it yet. */
export const isWaiting = (alarm: AlarmView): boolean => WAITING.has(alarm.state);

/** Whether what it is about still holds. */
export const isActive = (alarm: AlarmView): boolean => ACTIVE.has(alarm.state);

/** By priority, then the oldest first. */
export function inUrgency(view: AlarmsView | undefined): AlarmEntry[] {
  const rank = (alarm: AlarmView) => (PRIORITIES.indexOf(alarm.priority) + PRIORITIES.length) % PRIORITIES.length;
  return Object.entries(view?.alarms ?? {}).sort(([, one], [, other]) => rank(one) - rank(other) || one.raised_ms - other.raised_ms);
}

/** The station (or line) that an alarm is about. */
export const alarmPlace = (alarm: { address: string }): string => partsOf(alarm.address)[0];

/** What an alarm is called: its limit's own words, else its tag and limit, else the machine's own words. */
export function alarmWords(plant: PlantView | undefined, alarm: { address: string; alarm: string; label?: Record<string, string>; text?: string }): string {
  const [, name] = partsOf(alarm.address);
  const tag = tagAt(plant, alarm.address);
  const limit = tag?.view.limits?.[alarm.alarm];
  if (limit?.label && Object.keys(limit.label).length) return label(limit.label, alarm.alarm);
  if (tag && limit) return `${tagWords(tag.view, name)}: ${word("limit", alarm.alarm)}`; // its label is the tag's
  if (alarm.alarm.startsWith("silence_")) {
    const place = partsOf(alarm.address)[0]; // of a source of several stations its own name says more
    return t("alarms.silence", { name: placeAt(plant, place).stationView ? nameOf(plant, place) : alarm.alarm.slice("silence_".length) });
  }
  if (alarm.label && Object.keys(alarm.label).length) return label(alarm.label, alarm.alarm);
  return alarm.text || label(undefined, alarm.alarm);
}

/** The words of its place. */
export const alarmPlaceWords = (plant: PlantView | undefined, alarm: { address: string }): string => nameOf(plant, alarmPlace(alarm));

/** Do something to an alarm. */
export const actOnAlarm = (id: string, acted: AlarmActed): Promise<AlarmView> =>
  act<AlarmView>("POST", `/api/alarms/${encodeURIComponent(id)}`, acted);

/** Acknowledge some alarms, one after the other; returns how many were. */
export async function acknowledgeAll(ids: readonly string[]): Promise<{ done: number; fault?: unknown }> {
  let done = 0;
  let fault: unknown;
  for (const id of ids) {
    try {
      await actOnAlarm(id, { act: "acknowledge" });
      done += 1;
    } catch (error) {
      fault ??= error;
    }
  }
  return { done, fault };
}
