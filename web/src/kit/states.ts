// How each state looks: a shape, a letter (by language), a word and a colour, always together.

export type StateCode =
  | "running" | "idle" | "blocked" | "starved" | "set_up" | "down" | "planned_stop" | "off" | "unknown";

export type Shape = "disc" | "ring" | "wall" | "hollow" | "wrench" | "cross" | "pause" | "dash" | "question";
export type Pattern = "plain" | "stripes" | "dots" | "lattice";

export interface StateLook {
  shape: Shape;
  /** custom property of its colour */
  colour: string;
  pattern: Pattern;
  /** whether somebody should look */
  abnormal: boolean;
}

const LOOKS: Record<StateCode, StateLook> = {
  running: { shape: "disc", colour: "--s-running", pattern: "plain", abnormal: false },
  idle: { shape: "ring", colour: "--s-idle", pattern: "plain", abnormal: false },
  blocked: { shape: "wall", colour: "--s-blocked", pattern: "stripes", abnormal: false },
  starved: { shape: "hollow", colour: "--s-starved", pattern: "dots", abnormal: false },
  set_up: { shape: "wrench", colour: "--s-set-up", pattern: "plain", abnormal: false },
  down: { shape: "cross", colour: "--s-down", pattern: "plain", abnormal: true },
  planned_stop: { shape: "pause", colour: "--s-planned", pattern: "plain", abnormal: false },
  off: { shape: "dash", colour: "--s-off", pattern: "plain", abnormal: false },
  unknown: { shape: "question", colour: "--s-unknown", pattern: "lattice", abnormal: true },
};

export const STATES = Object.keys(LOOKS) as StateCode[];

/** A state as it is known here; any other is unknown. */
export const stateCode = (state: string | undefined): StateCode =>
  state && state in LOOKS ? (state as StateCode) : "unknown";

export const lookOf = (state: string | undefined): StateLook => LOOKS[stateCode(state)];
