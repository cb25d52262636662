// The face of the data: the only code that opens sockets or fetches.
export { act, ask, withQuery } from "./ask";
export { useAsked } from "./asked";
export type { Asked } from "./asked";
export { stepShift, useChosenWindow } from "./chosen";
export type { ChosenWindow } from "./chosen";
export { plantTime, serverNow, usePlantNow, useSites, useTick } from "./clock";
export { asFault, Fault } from "./fault";
export { DATA_FRESH_MS } from "./freshness";
export type { Freshness } from "./freshness";
export { browserZone, leaves, nameOf, placeAt, reasonAt, reasonWords, usePlant } from "./plant";
export type { Place } from "./plant";
export {
  exchangeKey, first, readAs, reading, refresh, signIn, signOut, takeLink, useMay, useSession,
} from "./session";
export { giveReason, isReason, mergeStops, recentReasons, splitStop, undoStop, useStops, withGiven } from "./stops";
export type { Outcome } from "./stops";
export { silentFor, useUnheard } from "./heard";
export { useFreshness, useFreshnessOfNow, useWatched } from "./watched";
export type { Watched } from "./watched";
export { useWho, whoWords } from "./who";
export { parseWindow, shiftDate, stepWindow, windowName, windowQuery } from "./windows";
export type { Window } from "./windows";
export { go, href, startRouting, useQuery, useRoute } from "./route";
export type { Route } from "./route";
export { allTags, found, partsOf, tagAt, tagWords, valueWords, wholeTagWords } from "./tags";
export type { TagAt } from "./tags";
export { valueAt, zoomedView } from "./tiles";
export type { Reach, Trace } from "./tiles";
export { useTraces } from "./traces";
export type { Traces } from "./traces";
export { acknowledgeAll, actOnAlarm, alarmPlace, alarmPlaceWords, alarmWords, inUrgency, isActive, isWaiting, tabOf } from "./alarms";
export type { AlarmEntry, AlarmTab } from "./alarms";
export { allowedRange, commandOutcome, offerOf, permits, PERMITS, permitWords, sendCommand } from "./commands";
export type { LastValue, Offer, Sent } from "./commands";
export { actOnCall, CALL_KINDS, callFault, callWaits, inCallOrder, nextStep, raiseCall, sinceRaised } from "./calls";
export type { CallEntry, CallStep } from "./calls";
