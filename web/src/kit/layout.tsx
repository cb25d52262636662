// Frames: card, page with its head, field of a form, segments to choose from.
import type { ReactNode } from "react";

export function Card(
  { title, aside, children, level = 2, className = "", id }:
  { title?: ReactNode; aside?: ReactNode; children: ReactNode; level?: 2 | 3; className?: string; id?: string },
) {
  const Head = level === 2 ? "h2" : "h3";
  return (
    <section className={`card ${className}`} id={id}>
      {title !== undefined || aside !== undefined ? (
        <header>{title !== undefined ? <Head>{title}</Head> : null}{aside ? <div className="aside">{aside}</div> : null}</header>
      ) : null}
      {children}
    </section>
  );
}

/** The content of a page: its title, what belongs beside it, and the parts below. */
export function Page(
  { title, under, aside, children, greyed = false }:
  { title: ReactNode; under?: ReactNode; aside?: ReactNode; children: ReactNode; greyed?: boolean },
) {
  return (
    <main id="main" className="page" tabIndex={-1}>
      <header><div><h1>{title}</h1>{under ? <p className="quiet">{under}</p> : null}</div>{aside ? <div className="row">{aside}</div> : null}</header>
      <div className={`grid${greyed ? " greyed" : ""}`}>{children}</div>
    </main>
  );
}

export function Field({ label, children }: { label: ReactNode; children: ReactNode }) {
  return <label className="field"><span>{label}</span>{children}</label>;
}

/** A few choices side by side, one of them on. */
export function Segments<T extends string>(
  { value, choices, onChoose, label }:
  { value: T; choices: readonly (readonly [T, ReactNode])[]; onChoose: (value: T) => void; label: string },
) {
  return (
    <div className="segments" role="group" aria-label={label}>
      {choices.map(([name, said]) => (
        <button key={name} type="button" aria-pressed={name === value} onClick={() => onChoose(name)}>{said}</button>
      ))}
    </div>
  );
}

/** A large number with what it is. */
export function BigFigure({ label, value, note, large = false }: { label: ReactNode; value: ReactNode; note?: ReactNode; large?: boolean }) {
  return (
    <div className="figure">
      <small>{label}</small>
      <b className={large ? "large" : ""}>{value}</b>
      {note ? <small>{note}</small> : null}
    </div>
  );
}
