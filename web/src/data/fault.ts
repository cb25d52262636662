// What went wrong, where, and what to do: never a stack trace, always words.
import { said, t } from "../words";

export interface Refusal {
  what: string;
  where?: string;
  to_do?: string;
  /** of a conflict: what is there now */
  state?: unknown;
}

export class Fault extends Error {
  readonly what: string;
  readonly where: string;
  readonly to_do: string;
  /** HTTP status; 0: there was no answer */
  readonly status: number;
  /** of a conflict: what is there now */
  readonly state: unknown;

  constructor(refusal: Refusal, status = 0) {
    super(refusal.what);
    this.what = said(refusal.what);
    this.where = refusal.where ?? "";
    this.to_do = said(refusal.to_do ?? "");
    this.status = status;
    this.state = refusal.state;
  }
}

export const noAnswer = (where: string): Fault =>
  new Fault({ what: t("fault.no_answer"), where, to_do: t("fault.no_answer.to_do") });

/** Whatever was thrown, as a fault that can be shown. */
export const asFault = (error: unknown, where = ""): Fault =>
  error instanceof Fault ? error : new Fault({ what: String(error), where });

/** The fault in an answer that is not a good one. */
export async function faultOf(response: Response, where: string): Promise<Fault> {
  let body: Partial<Refusal> = {};
  try {
    body = (await response.json()) as Partial<Refusal>;
  } catch {
    // not JSON: the status alone must do
  }
  const what = body.what ?? t("fault.status", { status: response.status });
  return new Fault({ what, where: body.where ?? where, to_do: body.to_do ?? "", state: body.state }, response.status);
}
