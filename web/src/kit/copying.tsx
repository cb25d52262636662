// Copy a text: beside what is worth copying, and also where the browser has no clipboard of its own.
import { t } from "../words";
import { toast } from "./asking";

/** Put a text into the clipboard; on plain HTTP browsers have only the old way. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const box = document.createElement("textarea");
    box.value = text;
    box.className = "read-only";
    (document.querySelector("dialog[open]") ?? document.body).append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }
}

export function CopyButton({ text, of }: { text: string; of: string }) {
  const say = () => void copy(text).then((done) => toast(t(done ? "copy.done" : "copy.failed", { of }), { bad: !done }));
  return <button type="button" className="copy" onClick={say} aria-label={t("copy.of", { of })} title={t("copy.of", { of })}>{t("copy")}</button>;
}

/** Save a file that was made here. */
export function save(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Rows as CSV (RFC 4180) that no spreadsheet takes for formulas. */
export function asCsv(rows: readonly (readonly (string | number | undefined)[])[]): string {
  const cell = (value: string | number | undefined): string => {
    if (typeof value === "number" || value === undefined) return value === undefined ? "" : String(value);
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}
