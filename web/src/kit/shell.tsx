// The frame around every page: where one is, what the clock says, whether the data are fresh.
import { useEffect, useRef, useState, type ReactNode } from "react";
import { t } from "../words";
import { Count } from "./marks";

export interface NavItem {
  href: string;
  title: string;
  icon: ReactNode;
  current: boolean;
  count?: number;
  /** stands in the bottom bar of phones */
  first?: boolean;
}

export interface NavGroup {
  title: string;
  items: readonly NavItem[];
}

export interface ShellProps {
  groups: readonly NavGroup[];
  where: ReactNode;
  clock: ReactNode;
  right: ReactNode;
  banner?: { kind: "critical" | "high"; text: ReactNode };
  /** for which page the menu was opened: another page closes it */
  place: string;
  children: ReactNode;
}

const BOTTOM_MAX = 4;

function Item({ item }: { item: NavItem }) {
  return (
    <a href={item.href} aria-current={item.current ? "page" : undefined}>
      {item.icon}<span>{item.title}</span><Count n={item.count} of={item.title} />
    </a>
  );
}

/** Rail and top bar on desks and tablets; a bottom bar with the rest behind "More" on phones. */
export function AppShell({ groups, where, clock, right, banner, place, children }: ShellProps) {
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [place]);
  const low = groups.flatMap((group) => group.items).filter((item) => item.first).slice(0, BOTTOM_MAX);
  return (
    <div className={`shell${open ? " open" : ""}`}>
      <a className="skip" href="#main" onClick={(event) => (event.preventDefault(), document.getElementById("main")?.focus())}>{t("skip")}</a>
      <header className="top">
        <a className="brand" href="/sites" aria-label="Linewright">
          <svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="6" fill="var(--fill-strong)" /><path d="M6 22h20M9 22v-6h5v6M18 22V9h5v13" fill="none" stroke="var(--panel)" strokeWidth="2.6" /></svg>
          <span>Linewright</span>
        </a>
        <div className="where">{where}</div>
        <div className="right">{clock}{right}</div>
      </header>
      <nav className="rail" aria-label={t("nav")}>
        {groups.map((group) => (
          <div key={group.title}><h3>{group.title}</h3>{group.items.map((item) => <Item key={item.href} item={item} />)}</div>
        ))}
      </nav>
      <div>
        {banner ? <div className={`banner ${banner.kind}`} role="alert"><span aria-hidden="true">{banner.kind === "critical" ? "✕" : "!"}</span><span>{banner.text}</span></div> : null}
        {children}
      </div>
      <nav className="bottom no-print" aria-label={t("nav.short")}>
        {low.map((item) => <Item key={item.href} item={item} />)}
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 6h18M3 12h18M3 18h18" stroke="currentColor" strokeWidth="2" fill="none" /></svg>
          <span>{t("nav.more")}</span>
        </button>
      </nav>
    </div>
  );
}

/** A button with a small panel; a press outside or Escape closes it. */
export function Menu({ title, name, children }: { title: ReactNode; name: string; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const press = (event: PointerEvent) => !box.current?.contains(event.target as Node) && setOpen(false);
    const key = (event: KeyboardEvent) => event.key === "Escape" && setOpen(false);
    document.addEventListener("pointerdown", press);
    document.addEventListener("keydown", key);
    return () => {
      document.removeEventListener("pointerdown", press);
      document.removeEventListener("keydown", key);
    };
  }, [open]);
  return (
    <div className="menu" ref={box}>
      <button type="button" aria-expanded={open} aria-label={name} onClick={() => setOpen(!open)}>{title}</button>
      {open ? <div>{children}</div> : null}
    </div>
  );
}
