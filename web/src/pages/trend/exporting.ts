// What leaves the page: raw rows as CSV from the server, all charts as one picture.
import { withQuery, type Reach } from "../../data";
import { save, toast } from "../../kit";
import { t } from "../../words";

/** Raw rows of the view; the server streams them. */
export function saveCsvUrl(tags: readonly string[], view: Reach): string {
  const path = withQuery("/api/trend.csv", { from_ms: Math.round(view.from_ms), until_ms: Math.round(view.until_ms) });
  return path + tags.map((tag) => `&tag=${encodeURIComponent(tag)}`).join("");
}

const HEAD = 26; // of each chart: its lines in words
const SIDE = 12;

/** All charts below each other, with the time and the names, as one PNG. */
export async function savePicture(charts: readonly (readonly string[])[], canvases: readonly HTMLCanvasElement[], when: string, words: (tag: string) => string): Promise<void> {
  const scale = devicePixelRatio;
  const wide = Math.max(...canvases.map((each) => each.width), 1) + 2 * SIDE * scale;
  const high = canvases.reduce((sum, each) => sum + each.height + HEAD * scale, (HEAD + SIDE) * scale);
  const made = document.createElement("canvas");
  [made.width, made.height] = [wide, high];
  const pen = made.getContext("2d");
  if (!pen) return;
  const style = getComputedStyle(document.documentElement);
  pen.fillStyle = style.getPropertyValue("--panel");
  pen.fillRect(0, 0, wide, high);
  pen.fillStyle = style.getPropertyValue("--ink");
  pen.font = `600 ${13 * scale}px system-ui, sans-serif`;
  pen.fillText(`Linewright · ${when}`, SIDE * scale, 18 * scale);
  pen.font = `${12 * scale}px system-ui, sans-serif`;
  let top = HEAD * scale;
  canvases.forEach((canvas, at) => {
    pen.fillText((charts[at] ?? []).map(words).join("   |   "), SIDE * scale, top + 17 * scale, wide - 2 * SIDE * scale);
    pen.drawImage(canvas, SIDE * scale, top + HEAD * scale);
    top += canvas.height + HEAD * scale;
  });
  const blob = await new Promise<Blob | null>((done) => made.toBlob(done, "image/png"));
  if (blob) save("linewright-trend.png", blob);
  else toast(t("trend.no_picture"), { bad: true });
}
