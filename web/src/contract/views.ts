// Made by `python -m tools.contract` from src/linewright/server/views: never edited by hand.
// What equals its default is left out of an answer, so such a field is optional here.

/** A server that somebody wants to follow. */
export interface PeerGiven {
  /** as its page is opened */
  url: string;
  /** that it made, with the scope sites */
  token: string;
  /** SHA-256 that `linewright up` prints there */
  fingerprint?: string;
}

/** What a trial found. */
export interface PeerTriedView {
  /** that it serves; empty: it cannot be followed */
  site?: string;
  now?: SiteNowView;
  /** why it cannot be followed; as in a site */
  why?: string;
  /** what was seen, in English */
  text?: string;
  /** SHA-256 to be compared with what `linewright up` prints there */
  shown?: string;
}

/** A server that is followed; its token is told to nobody. */
export interface PeerView {
  site: string;
  url: string;
  /** authority, certificate, public, or none: on this machine */
  trust: string;
  /** id of who added it */
  by: string;
  by_name?: string;
  made_ms: number;
  /** its last answer; left out: none yet */
  heard_ms?: number;
  /** why it is not heard; as in a site */
  why?: string;
  /** what was seen then, in English */
  text?: string;
}

/** Servers that are followed, by id. */
export interface PeersView {
  peers?: Record<string, PeerView>;
}

/** A token that was just made. */
export interface TokenMadeView {
  id: string;
  /** the secret; told this once */
  token: string;
  until_ms: number;
}

/** A token by which a program reads; the secret is kept nowhere. */
export interface TokenView {
  name: string;
  /** metrics, grafana, sites */
  scopes: string[];
  site: string;
  /** id of the person */
  made_by: string;
  /** name of that person; empty: erased */
  by_name?: string;
  made_ms: number;
  until_ms: number;
  ended?: boolean;
  /** last use; left out: never */
  used_ms?: number;
  /** network address of the last use */
  used_from?: string;
}

/** A token for a program. */
export interface TokenWanted {
  /** of the program */
  name: string;
  /** metrics, grafana, sites */
  scopes: string[];
  /** how long it holds, 1 to 730 */
  days?: number;
}

/** Tokens by id; those that ended lately too. */
export interface TokensView {
  tokens?: Record<string, TokenView>;
  /** what each word gives */
  scopes?: Record<string, string>;
}

/** What a person does to an alarm. */
export interface AlarmActed {
  act: string;
  /** of shelving: needed */
  until_ms?: number;
  /** of shelving: needed */
  comment?: string;
}

/** A figure of the alarms beside what ISA-18.2 or EEMUA 191 publishes for it. */
export interface AlarmFigureView {
  /** left out: nothing was raised to judge */
  value?: number;
  target: number;
  source: string;
  met: boolean;
}

/** How the alarm system does, beside what ISA-18.2 and EEMUA 191 ask for. */
export interface AlarmReportView {
  from_ms: number;
  until_ms: number;
  raised?: number;
  per_10min?: number;
  peak_10min?: number;
  flood_share?: number;
  acknowledge_s_p50?: number;
  acknowledge_s_p95?: number;
  /** by name, each beside its target */
  figures?: Record<string, AlarmFigureView>;
  /** raised by priority */
  priorities?: Record<string, number>;
  /** address, alarm, count */
  top?: [string, string, number][];
  chattering?: [string, string, number][];
  stale?: [string, string, number][];
  shelved_now?: number;
  out_of_service_now?: number;
}

/** One alarm that is not normal. */
export interface AlarmView {
  address: string;
  /** name, unique at its address */
  alarm: string;
  state: string;
  priority: string;
  kind: string;
  raised_ms: number;
  returned_ms?: number;
  acknowledged_ms?: number;
  acknowledged_by?: string;
  value?: number;
  limit?: number;
  unit?: string;
  label?: Record<string, string>;
  /** what the operator should do */
  action?: Record<string, string>;
  /** the machine's own words */
  text?: string;
  shelved_until_ms?: number;
  shelved_by?: string;
  comment?: string;
  chattering?: boolean;
  stale?: boolean;
}

/** All alarms that are not normal, by id of their occurrence. */
export interface AlarmsView {
  alarms?: Record<string, AlarmView>;
  /** more than 10 in 10 min */
  flood?: boolean;
  unacknowledged?: number;
}

/** What a person does to a call: acknowledge, arrive, resolve, cancel. */
export interface CallActed {
  act: string;
  text?: string;
}

/** The calls that were raised in a window, the latest first, and how soon people came. */
export interface CallJournalView {
  window: WindowView;
  raised?: number;
  /** those that went up a level */
  escalated?: number;
  /** median until somebody answered */
  answer_s_p50?: number;
  /** median until somebody was there */
  arrive_s_p50?: number;
  /** median until it was resolved */
  resolve_s_p50?: number;
  rows?: CallPastView[];
  more?: boolean;
}

/** A call of a window with its clocks; what has not happened is left out. */
export interface CallPastView {
  call: string;
  address: string;
  kind: string;
  /** raised, escalated, acknowledged, arrived, resolved or cancelled */
  state: string;
  raised_ms: number;
  by?: string;
  text?: string;
  level?: number;
  /** when somebody first acknowledged or arrived */
  answered_ms?: number;
  answered_by?: string;
  arrived_ms?: number;
  arrived_by?: string;
  /** when it was resolved or cancelled */
  ended_ms?: number;
  ended_by?: string;
}

/** A call for help. */
export interface CallRaised {
  address: string;
  kind: string;
  text?: string;
}

/** An andon call that is open. */
export interface CallView {
  address: string;
  kind: string;
  /** raised, escalated, acknowledged or arrived */
  state: string;
  raised_ms: number;
  by?: string;
  text?: string;
  level?: number;
  to?: string;
  /** when it goes up a level by itself */
  escalates_ms?: number;
  acknowledged_ms?: number;
  acknowledged_by?: string;
  arrived_ms?: number;
  case?: string;
}

/** Open calls by id. */
export interface CallsView {
  calls?: Record<string, CallView>;
}

/** One event of an alarm. */
export interface JournalRow {
  t_ms: number;
  address: string;
  alarm: string;
  event: string;
  state: string;
  priority: string;
  by?: string;
  value?: number;
  limit?: number;
  unit?: string;
  text?: string;
  comment?: string;
}

/** Events of alarms, the latest first. */
export interface JournalView {
  rows?: JournalRow[];
  more?: boolean;
}

/** A number, how sure it is, and what speaks against it. */
export interface Figure {
  value?: number;
  /** lower end of the interval of 80 % */
  low?: number;
  /** upper end of the interval of 80 % */
  high?: number;
  /** quality words against it */
  doubts?: string[];
}

/** Part of an answer; what equals its default is left out. */
export interface View {
}

/** One bar of the loss waterfall. */
export interface BarView {
  code: string;
  s: number;
  left_s: number;
  /** printed share; all together 100.0 */
  percent: string;
  /** unscheduled, planned, unplanned, ... */
  group?: string;
  /** ids of the events behind it */
  stops?: string[];
}

/** One hour of a line. */
export interface HourView {
  from_ms: number;
  until_ms: number;
  planned_s: number;
  /** standard rate of the bottleneck x planned time */
  target: number;
  /** of the target, what was due by now */
  due?: number;
  good?: number;
  scrap?: number;
  /** good less target, from the first hour on */
  gap?: number;
  /** so far below target that a reason is asked for */
  red?: boolean;
  /** lost time of the bottleneck by time category */
  lost_s?: Record<string, number>;
  /** largest loss: its code, else its category */
  reason?: string;
  unexplained_s?: number;
  comment?: string;
}

/** Hour by hour against target. */
export interface HoursView {
  address: string;
  window: WindowView;
  bottleneck?: string;
  rate_per_h?: number;
  hours?: HourView[];
  /** target at the end of the window */
  target_end?: number;
  /** good parts at the end if nothing changes */
  projection?: Figure;
  /** where the projection comes from */
  projection_by?: "" | "pace" | "twin";
}

/** The loss waterfall of a place over a window, and its indicators. */
export interface LossesView {
  address: string;
  window: WindowView;
  /** whose time it is: of a flow line its bottleneck */
  of?: string[];
  calendar_s: number;
  bars?: BarView[];
  /** ISO 22400; undefined ones left out */
  kpis?: Record<string, number>;
  /** codes */
  findings?: string[];
  /** kpis of each station, by address */
  stations?: Record<string, Record<string, number>>;
}

/** Stops of a place summed by reason, largest first. */
export interface ParetoView {
  address: string;
  window: WindowView;
  /** of money; empty: no cost is known */
  currency?: string;
  /** reason code (empty: none given), seconds, count, money as text */
  rows?: [string, number, number, string][];
}

/** What a person says of a stop. */
export interface ReasonGiven {
  code: string;
  comment?: string;
}

/** A shift report: generated, edited, signed. */
export interface ReportView {
  address: string;
  window: WindowView;
  shift: string;
  hours?: HoursView;
  losses?: LossesView;
  /** longest first */
  stops?: StopView[];
  pareto?: ParetoView;
  /** counts and rates by name */
  alarms?: Record<string, number>;
  calls?: string[];
  cases?: string[];
  note?: string;
  note_by?: string;
  note_ms?: number;
  signed_by?: string;
  signed_ms?: number;
  /** of the report as it was signed */
  signed_sha256?: string;
  /** late data changed a figure since */
  changed_since?: boolean;
}

/** What the supervisor adds to a shift report. */
export interface ShiftNote {
  text: string;
}

/** Stops of one station, one after the other, that were one. */
export interface StopMerge {
  stops: string[];
  reason: ReasonGiven;
}

/** Where a stop is cut in two, and why each half was. */
export interface StopSplit {
  at_ms: number;
  first: ReasonGiven;
  second: ReasonGiven;
}

/** A downtime event. */
export interface StopView {
  address: string;
  from_ms: number;
  /** left out: it goes on */
  until_ms?: number;
  s: number;
  state: string;
  category: string;
  reason?: string;
  /** id of who gave the reason; `machine`, `inferred` */
  by?: string;
  /** code */
  suggested?: string;
  suggested_p?: number;
  comment?: string;
  micro?: boolean;
  /** waits for a reason */
  unexplained?: boolean;
  /** split, merged or changed by a person */
  edited?: boolean;
  can_undo?: boolean;
  /** id of the event it was split from */
  part_of?: string;
}

/** Downtime events of a place over a window, by id. */
export interface StopsView {
  address: string;
  window: WindowView;
  stops?: Record<string, StopView>;
  /** ids without a reason, longest first */
  waiting?: string[];
  /** count by station address */
  micro_stops?: Record<string, number>;
  /** whether there are more than are listed */
  more?: boolean;
}

/** Swim lanes: stretches of each station, in order and without holes. */
export interface StripsView {
  address: string;
  window: WindowView;
  /** by station address: from, until, state, time category */
  lanes?: Record<string, [number, number, string, string][]>;
}

/** The stretch of time that an answer is about. */
export interface WindowView {
  from_ms: number;
  until_ms: number;
  /** such as `2026-11-23` or `2026-11-23/day`; else empty */
  name?: string;
  /** whether it still goes on */
  open?: boolean;
  /** event time at which every figure ends */
  watermark_ms?: number;
  /** rises when late data changed it */
  revision?: number;
}

/** What people entered of a place over a window, by id. */
export interface EntriesView {
  address: string;
  window: WindowView;
  entries?: Record<string, EntryView>;
  /** whether there are more than are listed */
  more?: boolean;
}

/** One thing that a person entered. */
export interface EntryView {
  id: string;
  /** `found`: good pieces that turned out bad */
  kind: "found" | "job" | "parts" | "sign_on";
  address: string;
  /** when it happened */
  t_ms: number;
  /** when it was entered, on the server's clock */
  entered_ms: number;
  /** id of who entered it */
  by: string;
  good?: number;
  scrap?: number;
  rework?: number;
  cause?: string;
  product?: string;
  operation?: string;
  job?: string;
  order?: string;
  lot?: string;
  /** of a job: set_up, started, paused, ... */
  status?: string;
  /** who signed on or off */
  person?: string;
  presence?: string;
  undone?: boolean;
  /** a late reading counted these pieces anew: what was found is to say again */
  overtaken?: boolean;
}

/** What has become of a job at a station; what is left out is as the job has it already. */
export interface JobReported {
  /** station */
  address: string;
  job: string;
  act: "finish" | "pause" | "resume" | "set_up" | "start";
  /** when it happened, plant time; left out: now */
  at_ms?: number;
  order?: string;
  product?: string;
  operation?: string;
  lot?: string;
  /** pieces to make */
  quantity?: number;
}

/** Pieces that a person counted: each once, as good, scrap or rework. */
export interface PartsReported {
  /** station */
  address: string;
  /** when it happened, plant time; left out: now */
  at_ms?: number;
  good?: number;
  scrap?: number;
  rework?: number;
  /** defect code of scrap and rework */
  cause?: string;
  product?: string;
  operation?: string;
  job?: string;
  lot?: string;
  /** they stand among the good pieces that left before `at_ms` */
  found?: boolean;
}

/** A person comes to a station, or leaves it. */
export interface SignedOn {
  /** station */
  address: string;
  presence: "off" | "on";
  /** id; left out: who asks; others: `correct_parts` */
  person?: string;
  /** when it happened, plant time; left out: now */
  at_ms?: number;
  skill?: string;
  crew?: string;
}

/** Plant time and how fast it goes. */
export interface ClockView {
  t_ms?: number;
  wall_ms: number;
  speed?: number;
  simulated?: boolean;
}

/** How one source is reached. */
export interface LinkView {
  address: string;
  protocol: string;
  endpoint: string;
  /** connecting, connected, lost, refused, untrusted, not told */
  state: string;
  since_ms: number;
  why?: string;
  /** what a person can do about it */
  next_step?: string;
  heard_ms?: number;
  points?: number;
  missing?: string[];
  /** device's clock less plant time */
  offset_s?: number;
  /** bounds the device gave */
  limits?: Record<string, number>;
  security?: string;
  /** fingerprint of what the device shows */
  certificate?: string;
  /** fingerprint of what is taken */
  trusted?: string;
  trusted_by?: string;
}

/** Links by source. */
export interface LinksView {
  links?: Record<string, LinkView>;
}

/** A session of a person. */
export interface OpenSessionView {
  /** password, link, key or oidc */
  via: string;
  made_ms: number;
  used_ms: number;
  /** network address from which it began */
  client?: string;
  /** browser and device, as they call themselves */
  agent?: string;
  /** whether it is the one that asks */
  here?: boolean;
}

/** Open sessions of a person by id. */
export interface OpenSessionsView {
  sessions?: Record<string, OpenSessionView>;
}

/** People by id. */
export interface PeopleView {
  people?: Record<string, PersonView>;
}

/** One row of the permission matrix. */
export interface PermissionView {
  method: string;
  path: string;
  permission: string;
  roles: string[];
  /** word by which the token of a program may; or none */
  scope?: string;
}

/** A person who may sign in. */
export interface PersonView {
  name: string;
  roles?: Record<string, string>;
  disabled?: boolean;
  language?: string;
  seen_ms?: number;
}

/** A process of the site. */
export interface ServiceView {
  up: boolean;
  since_ms?: number;
}

/** Who is signed in here, and what that person may do. */
export interface SessionView {
  /** id; empty: nobody is signed in */
  person?: string;
  name?: string;
  /** role by site; `*`: all */
  roles?: Record<string, string>;
  /** permissions at this site */
  may?: string[];
  language?: string;
  locale?: string;
  /** si or us; empty: not chosen */
  units?: string;
  /** IANA name; empty: that of the site */
  time_zone?: string;
  /** goes into the header of each change */
  csrf?: string;
  /** nobody is known yet: the first link is needed */
  first_run?: boolean;
  /** name of the sign-in service; empty: none */
  oidc?: string;
}

/** A site at a glance; of a site without a link only what the plant file says. */
export interface SiteNowView {
  label: Record<string, string>;
  timezone: string;
  /** here; fresh or offline; refused: it answers wrongly; none: not followed */
  link: string;
  /** age of its newest data */
  age_s?: number;
  /** page of the server that told it; empty: ours */
  told_by?: string;
  /** when that server was last heard */
  heard_ms?: number;
  /** how long ago that is */
  heard_s?: number;
  /** why it is not heard: unreachable, slow, certificate, token, bad_answer, too_large, redirect or site */
  why?: string;
  /** plant time there, where it is heard */
  t_ms?: number;
  simulated?: boolean;
  /** revision of the plant file in force there */
  plant_rev?: string;
  latitude?: number;
  longitude?: number;
  country?: string;
  region?: string;
  /** of this production day so far */
  oee?: number;
  oee_target?: number;
  good?: number;
  target?: number;
  open_calls?: number;
  alarms?: number;
  /** stations that are down */
  stopped?: number;
  /** stations of which nothing is known */
  unknown?: number;
  stations?: number;
  shift?: string;
}

/** Sites by name. */
export interface SitesView {
  clock: ClockView;
  sites?: Record<string, SiteNowView>;
  services?: Record<string, ServiceView>;
  /** whether automatic actions are stopped */
  actions_stopped?: boolean;
  actions_stopped_by?: string;
}

/** The twin's next hours beside the real ones: cumulative good parts of the line. */
export interface AheadView {
  address: string;
  /** when the forecast was made */
  made_ms?: number;
  valid?: boolean;
  caveat?: string;
  /** good parts counted, since the first time */
  past?: [number, number][];
  /** expected, counted from the first of past, as it is */
  ahead?: [number, Figure][];
  /** what was expected for the past, by the forecast of an hour ago */
  was?: [number, Figure][];
  /** how often intervals of 90 % held, such as 36/40 */
  scores?: string;
}

/** What is in a buffer. */
export interface BufferNowView {
  count: number;
  /** computed from counters, not counted */
  about?: boolean;
  doubts?: string[];
}

/** A line or work centre now. */
export interface LineView {
  address: string;
  /** event time up to which all is counted */
  as_of_ms?: number;
  /** by name */
  stations?: Record<string, StationNowView>;
  /** by `upstream-downstream` */
  buffers?: Record<string, BufferNowView>;
  /** name of the station that limits now */
  bottleneck?: string;
  /** code of the sentence that says why */
  bottleneck_why?: string;
  /** the number in it, 0..1 */
  bottleneck_share?: number;
  /** working time that it is active without a pause */
  bottleneck_s?: number;
  /** name of the shift that is open; empty: none */
  shift?: string;
  shift_until_ms?: number;
  /** good parts of this shift */
  good?: number;
  /** planned good parts of this shift so far */
  target?: number;
  /** of this shift so far */
  oee?: number;
  /** plant time at which good, target and oee end */
  watermark_ms?: number;
}

/** A station now. */
export interface StationNowView {
  /** running, idle, blocked, starved, set_up, down, ... */
  state: string;
  since_ms?: number;
  /** wall time of what was last heard */
  seen_ms?: number;
  /** source time of the last change of state */
  t_ms?: number;
  /** quality words against it */
  doubts?: string[];
  good?: number;
  scrap?: number;
  /** code, where known */
  reason?: string;
  product?: string;
  order?: string;
  /** active and not acknowledged */
  alarms?: number;
  calls?: number;
  /** id of its open case */
  case?: string;
  wear?: Record<string, WearView>;
}

/** A station's faceplate. */
export interface StationPageView {
  address: string;
  now: StationNowView;
  /** by tag name */
  values?: Record<string, ValueView>;
  strip?: StripView;
  labels?: Record<string, string>;
  /** plant time at which the strip and the indicators end */
  watermark_ms?: number;
  oee?: number;
  availability?: number;
  effectiveness?: number;
  quality_ratio?: number;
  mtbf_h?: number;
  mttr_h?: number;
  /** open maintenance orders, one sentence each */
  maintenance?: string[];
}

/** Stretches of one station, in order and without holes. */
export interface StripView {
  /** from, until, state, time category */
  stretches?: [number, number, string, string][];
}

/** Newest value of a tag. */
export interface ValueView {
  t_ms: number;
  value?: number;
  text?: string;
  doubts?: string[];
  seen_ms?: number;
}

/** Life used of a tool or component; 1 is all of it. */
export interface WearView {
  used: number;
}

/** A buffer between two stations; its address is `<line>/<upstream>-<downstream>`. */
export interface BufferView {
  upstream: string;
  downstream: string;
  places?: number;
}

/** Something that may be written to a station. */
export interface CommandView {
  label: Record<string, string>;
  unit?: string;
  /** least that the machine takes */
  low?: number;
  /** most that the machine takes */
  high?: number;
  /** whether `authority:` of the plant file lets anybody write it */
  allowed?: boolean;
  /** least that it lets people write */
  allowed_low?: number;
  /** most that it lets people write */
  allowed_high?: number;
  /** roles that it lets write; empty where it names none */
  roles?: string[];
  /** of a command that is no number */
  choices?: Record<string, Record<string, string>>;
}

/** A line with its flow, or a work centre of interchangeable stations. */
export interface GroupView {
  label: Record<string, string>;
  kind: "line" | "work_centre";
  area: string;
  /** names of stations in flow order */
  flow?: string[];
  /** by name */
  stations?: Record<string, StationView>;
  /** in flow order */
  buffers?: BufferView[];
  target_oee?: number;
}

/** A limit of a tag and its alarm. */
export interface LimitView {
  limit: number;
  priority: string;
  label?: Record<string, string>;
  action?: Record<string, string>;
}

/** The plant as applied. */
export interface PlantView {
  enterprise: string;
  label: Record<string, string>;
  rev: string;
  /** site that this server serves */
  site: string;
  simulated: boolean;
  languages?: string[];
  sites?: Record<string, SiteView>;
  /** lines and work centres of the site, by address */
  groups?: Record<string, GroupView>;
  /** reason trees by name */
  reasons?: Record<string, ReasonView[]>;
  /** names of people who did or signed something lately, by id */
  names?: Record<string, string>;
}

/** A node of a reason tree; a leaf can be picked. */
export interface ReasonView {
  /** path, such as breakdown/mechanical */
  code: string;
  label: Record<string, string>;
  /** time category that it books on */
  category?: string;
  /** whether a comment is asked for */
  comment?: boolean;
  reasons?: ReasonView[];
}

/** A shift in words of the plant file, such as `Mon-Fri 06:00-14:30 break 10:00-10:30`. */
export interface ShiftView {
  text: string;
}

/** A site. */
export interface SiteView {
  label: Record<string, string>;
  timezone: string;
  currency: string;
  language: string;
  /** whether this server is the site's own */
  here?: boolean;
  latitude?: number;
  longitude?: number;
  country?: string;
  region?: string;
  shifts?: Record<string, ShiftView>;
  /** by name */
  areas?: Record<string, Record<string, string>>;
}

/** A station. */
export interface StationView {
  label: Record<string, string>;
  type?: string;
  connected?: boolean;
  places?: number;
  /** standard time of a piece */
  cycle_s?: number;
  /** stops shorter than this are micro-stops */
  micro_stop_s?: number;
  /** name of its reason tree */
  reasons?: string;
  tags?: Record<string, TagView>;
  commands?: Record<string, CommandView>;
  /** what wears, by name */
  wears?: Record<string, Record<string, string>>;
}

/** One signal of a station. */
export interface TagView {
  label: Record<string, string>;
  unit?: string;
  role?: string;
  /** least that the sensor can show */
  low_range?: number;
  /** most that the sensor can show */
  high_range?: number;
  /** by low_low, low, high, high_high, alarm */
  limits?: Record<string, LimitView>;
  /** our state by the machine's own word for it */
  states?: Record<string, string>;
}

/** The first admin, by the link that `linewright up` prints. */
export interface FirstRun {
  /** of a link; it works once */
  token: string;
  /** name by which a person signs in */
  person: string;
  /** as others see it */
  name: string;
  password: string;
}

/** The local key, for a session of whoever runs `linewright up`. */
export interface KeyGiven {
  key: string;
}

/** A one-time link of an admin, and the password that is chosen with it. */
export interface LinkFollowed {
  /** of a link; it works once */
  token: string;
  password: string;
}

/** A new password of who is signed in; all other sessions of that person end. */
export interface PasswordChanged {
  old: string;
  new: string;
}

/** A person who may sign in from now on. */
export interface PersonAdded {
  /** name by which a person signs in */
  person: string;
  name: string;
  /** role by site; `*`: all sites */
  roles?: Record<string, string>;
}

/** What is changed of a person; what is left out stays. */
export interface PersonChanged {
  person?: string;
  name?: string;
  roles?: Record<string, string>;
  disabled?: boolean;
}

/** How a person wants to see things; what is left out stays, empty is as the browser has it. */
export interface Preferred {
  language?: string;
  locale?: string;
  units?: "si" | "us";
  time_zone?: string;
}

/** A person signs in. */
export interface SignIn {
  /** name by which a person signs in */
  person: string;
  password: string;
}

/** Tags at and below an address, by `address#name`. */
export interface NamespaceView {
  address: string;
  tags?: Record<string, TagNowView>;
  more?: boolean;
}

/** Where a tag comes from. */
export interface SourceView {
  protocol?: string;
  endpoint?: string;
  /** in the protocol's own spelling */
  item?: string;
  /** of a derived tag */
  formula?: string;
  /** state of the link */
  link?: string;
}

/** A tag in the namespace. */
export interface TagNowView {
  now?: ValueView;
  source?: SourceView;
  /** where its samples travel on the bus */
  subject?: string;
  /** path into the plant file */
  path?: string;
  /** `file:line` of it, as the plant was applied */
  file?: string;
  type?: string;
}

/** One tag over a window: at most as many points as asked for, in columns. */
export interface TrendView {
  tag: string;
  unit?: string;
  from_ms: number;
  until_ms: number;
  t_ms?: number[];
  /** null: a gap begins, nothing is known from here */
  value?: (number | null)[];
  /** from, until, quality words */
  bad?: [number, number, string][];
  /** from, until, why */
  gaps?: [number, number, string][];
  /** of its station: as swim lanes */
  states?: [number, number, string, string][];
  /** raised, returned, name, priority */
  alarms?: [number, number | null, string, string][];
  /** rows that history has in the window */
  rows?: number;
  decimated?: boolean;
}

/** Newest values of the tags asked for, by `address#name`. */
export interface ValuesView {
  values?: Record<string, ValueView>;
}
