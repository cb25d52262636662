// The face of the kit: how everything looks. It knows words, and neither data nor pages.
import { lazy } from "react";

export { Dialog, ReasonPicker, Sure, toast, Toasts, WindowPicker } from "./asking";
export type { ReasonNode } from "./asking";
export { BandChart } from "./band";
export type { BandPoint, BandSeries } from "./band";
export { Pareto, Waterfall } from "./bars";
export type { ParetoBar, WaterBar } from "./bars";
export { asCsv, copy, CopyButton, save } from "./copying";
export { Covered } from "./covered";
export type { Covering } from "./covered";
export { beyond, Sparkline, ValueInRange } from "./figures";
export type { Limits } from "./figures";
export { QuickReasons, sayFault, useGiving } from "./giving";
export type { ActEnd } from "./giving";
export { LINES_MAX, LineSign } from "./inks";
export { Lanes, moved, stepped, zoomed } from "./lanes";
export type { LaneOf } from "./lanes";
export { VirtualTree } from "./rows";
export type { TreeRow } from "./rows";
export { BigFigure, Card, Field, Page, Segments } from "./layout";
export { Count, Doubts, PriorityMark, StateMark, StateSign, Tag } from "./marks";
export type { Severity } from "./marks";
export { Busy, Empty, FaultNote, LongText, Stale } from "./saying";
export { AppShell, Menu } from "./shell";
export type { NavGroup, NavItem } from "./shell";
export { lookOf, stateCode, STATES } from "./states";
export { Legend, StateStrip, TimeAxis } from "./strip";
export type { Stretch } from "./strip";
export { Scrolled, Table } from "./table";
export type { Column } from "./table";
export { chooseTheme, chosenTheme, startTheme, useTheme } from "./theme";
export type { Theme } from "./theme";
/** The chart library comes when the first trend is drawn. */
export const TrendChart = lazy(() => import("./trend"));
export type { TrendLine, TrendProps, TrendStrip } from "./trend";
