// The start: language, theme, who is there, then the page of the address bar.
import { Component, lazy, StrictMode, Suspense, useEffect, type ComponentType, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { asFault, exchangeKey, go, href, reading, refresh, startRouting, useFreshness, usePlant, useRoute, useSession } from "../data";
import { Busy, FaultNote, Page, startTheme, toast, Toasts } from "../kit";
import { languageOf, speak, t, useLanguage } from "../words";
import { ByLink, FirstPerson, SignIn } from "./entry";
import { Frame, useGroup } from "./frame";
import { PAGES, type PageProps } from "./pages";
import "../kit/style/tokens.css";
import "../kit/style/base.css";
import "../kit/style/parts.css";
import "../kit/style/acts.css";
import "./app.css";

const RETRY_MS = 2000; // until the server is there at the start

/** What stood behind `#` in the address: a key, a first link or another link, each used once. */
interface Given {
  key?: string;
  first?: string;
  link?: string;
}

function givenByAddress(): Given {
  const [, name, value] = /^#(key|first|link)=(.+)$/.exec(location.hash) ?? [];
  if (!name || !value) return {};
  history.replaceState(null, "", location.pathname + location.search); // out of bookmarks and screens
  return { [name]: decodeURIComponent(value) };
}

const loaded = new Map<string, ComponentType<PageProps>>();

function pageOf(name: string): ComponentType<PageProps> | undefined {
  const row = PAGES[name];
  if (!row) return undefined;
  let found = loaded.get(name);
  if (!found) loaded.set(name, (found = lazy(row.load)));
  return found;
}

/** A page that fails says so and leaves the frame standing. */
class Caught extends Component<{ children: ReactNode; place: string }, { error?: unknown; place?: string }> {
  override state: { error?: unknown; place?: string } = {};
  static getDerivedStateFromError = (error: unknown) => ({ error });
  static getDerivedStateFromProps = (props: { place: string }, state: { place?: string }) =>
    state.place === props.place ? null : { place: props.place, error: undefined };
  override render() {
    if (this.state.error === undefined) return this.props.children;
    const fault = { what: t("fault.page"), to_do: t("fault.page.to_do"), where: String(this.state.error) };
    return <Page title={t("fault.title")}><FaultNote fault={fault} onAgain={() => location.reload()} /></Page>;
  }
}

function Content() {
  const { page, address, query } = useRoute();
  const plant = usePlant();
  const group = useGroup(plant.value);
  const freshness = useFreshness();
  const row = PAGES[page];
  const wants = row?.about === "group" || row?.about === "station";
  useEffect(() => {
    if (!row || (wants && !address)) {
      if (!plant.value) return;
      const only = Object.keys(plant.value.sites ?? {}).length <= 1 && group;
      if (row) go(href(page, group, Object.fromEntries(query)), true);
      else go(only ? href("line", group) : href("sites"), true);
    }
  }, [row, wants, address, group, plant.value, page, query]);
  const Shown = pageOf(page);
  if (plant.fault) return <Page title={t("fault.title")}><FaultNote fault={plant.fault} /></Page>;
  if (!Shown || !plant.value || (wants && !address)) return <Page title="Linewright"><Busy>{freshness === "lost" ? t("banner.lost") : undefined}</Busy></Page>;
  return (
    <Caught place={`${page}/${address}`}>
      <Suspense fallback={<Page title={row ? t(row.title) : ""}><Busy /></Page>}>
        <Shown key={`${page}/${address}`} address={address} />
      </Suspense>
    </Caught>
  );
}

function App({ given }: { given: Given }) {
  const language = useLanguage();
  const { view, fault } = useSession();
  const { page } = useRoute();
  const person = view?.person ?? "";
  useEffect(() => {
    if (page === "sign-in" && person) go("/", true);
  }, [page, person]);
  if (!view) return <Page title="Linewright">{fault ? <Waiting fault={fault} /> : <Busy />}</Page>;
  if (!person) return given.first ? <FirstPerson token={given.first} /> : given.link ? <ByLink token={given.link} /> : <SignIn key={language} />;
  const content = <Content key={language} />;
  return PAGES[page]?.whole ? content : <Frame key={language}>{content}</Frame>;
}

async function start(): Promise<void> {
  const given = givenByAddress();
  startTheme();
  startRouting();
  await speak(languageOf(reading().language ?? "", ...navigator.languages));
  const root = document.getElementById("root");
  if (!root) return;
  createRoot(root).render(<StrictMode><App given={given} /><Toasts /></StrictMode>);
  if (given.key) {
    try {
      return await exchangeKey(given.key);
    } catch (error) {
      toast(asFault(error).what, { bad: true });
    }
  }
  await refresh();
}

/** A server that is not there yet is asked again; the page then begins by itself. */
function Waiting({ fault }: { fault: { what: string; to_do?: string } }) {
  useEffect(() => {
    const timer = setInterval(() => void refresh(), RETRY_MS);
    return () => clearInterval(timer);
  }, []);
  return <FaultNote fault={fault} />;
}

void start();

