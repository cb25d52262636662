// Where the sites are: a plane of longitude and latitude with a hand-drawn outline; no tiles, no network.
import type { SiteNowView } from "../../contract/views";
import { label, number, t } from "../../words";
import { apart, OUTLINE, planeOf, type Spot } from "./outline";
import { linkWords, troubleOf } from "./one";

const [WIDTH, HEIGHT, LINE] = [620, 400, 40];

type Placed = readonly [name: string, site: SiteNowView, spot: Spot];

/** Sites that the plant file gives a place. */
export function placed(sites: readonly (readonly [string, SiteNowView])[]): Placed[] {
  return sites.flatMap(([name, site]) => (site.latitude === undefined || site.longitude === undefined ? [] : [[name, site, [site.longitude, site.latitude]] as const]));
}

export function SitesMap({ sites }: { sites: readonly Placed[] }) {
  const plane = planeOf(sites.map(([, , spot]) => spot), WIDTH, HEIGHT);
  const path = (spots: readonly Spot[]) => `M${spots.map((spot) => plane.at(spot).map((each) => each.toFixed(1)).join(" ")).join("L")}`;
  const points = sites.map(([, , spot]) => plane.at(spot));
  const heights = apart(points.map(([, y]) => y), LINE);
  return (
    <svg className="sites-map" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t("sites.map.of", { n: sites.length })}>
      <g className="grid-lines">
        {plane.meridians.map((x) => <g key={`m${x}`}><path d={path([[x, -90], [x, 90]])} /><text x={plane.at([x, 0])[0] + 3} y={HEIGHT - 5}>{degrees(x, "E", "W")}</text></g>)}
        {plane.parallels.map((y) => <g key={`p${y}`}><path d={path([[-360, y], [360, y]])} /><text x={4} y={plane.at([0, y])[1] - 3}>{degrees(y, "N", "S")}</text></g>)}
      </g>
      <g className="outline">{OUTLINE.map((spots, at) => <path key={at} d={path(spots)} />)}</g>
      {sites.map(([name, site], at) => {
        const [x, y] = points[at]!;
        const right = x < WIDTH * 0.62;
        const [tx, ty] = [x + (right ? 16 : -16), heights[at]!];
        return (
          <g key={name} className={`place ${troubleOf(site)}`}>
            <path className="leader" d={`M${x} ${y}L${tx} ${ty}`} />
            <Mark x={x} y={y} link={site.link} />
            <text x={tx} y={ty - 1} textAnchor={right ? "start" : "end"}>{label(site.label, name)}</text>
            <text className="under" x={tx} y={ty + 15} textAnchor={right ? "start" : "end"}>{linkWords(site)}</text>
          </g>
        );
      })}
    </svg>
  );
}

/** Shape by link, not colour alone: square here, disc heard, cross not heard, ring only planned. */
function Mark({ x, y, link }: { x: number; y: number; link: string }) {
  if (link === "here") return <rect className="mark" x={x - 8} y={y - 8} width="16" height="16" />;
  if (link === "fresh") return <circle className="mark" cx={x} cy={y} r="8" />;
  if (link === "none") return <circle className="mark ring" cx={x} cy={y} r="7" />;
  return <g><circle className="mark" cx={x} cy={y} r="9" /><path className="cross" d={`M${x - 4} ${y - 4}l8 8m0 -8l-8 8`} /></g>;
}

const degrees = (value: number, above: string, below: string) => `${number(Math.abs(value), 0)}° ${value < 0 ? below : above}`;
