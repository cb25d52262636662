// How each machine is reached, in plain words with what to do next; which services of the house run.
import { useState } from "react";
import { act, asFault, href, nameOf, serverNow, useMay, usePlant, useSites, useTick, useWatched, type Fault } from "../../data";
import type { LinksView, LinkView } from "../../contract/views";
import { Busy, Card, CopyButton, Dialog, Empty, FaultNote, Page, Tag, toast } from "../../kit";
import { number, signed, span, t, word } from "../../words";
import { inNeed, needs, parted } from "./links";
import "./connections.css";

export default function Connections(_: { address: string }) {
  const found = useWatched<LinksView>("/api/connections");
  useTick(1000);
  const all = inNeed(found.value);
  const bad = all.filter(([, link]) => needs(link) !== "calm").length;
  return (
    <Page title={t("nav.connections")} greyed={found.freshness === "lost" || found.freshness === "stale"}
      under={found.value ? (bad ? t("connections.bad", { n: bad }) : t("connections.all", { n: all.length })) : undefined}>
      {found.fault ? <FaultNote fault={found.fault} /> : !found.value ? <Busy /> : all.length ? <div className="connections">{all.map(([name, link]) => <One key={name} name={name} link={link} />)}</div>
        : <Empty hint={t("connections.none.hint")}>{t("connections.none")}</Empty>}
      <Services />
    </Page>
  );
}

function One({ name, link }: { name: string; link: LinkView }) {
  const plant = usePlant().value;
  const may = useMay("trust");
  const [asked, setAsked] = useState(false);
  const now = serverNow();
  const ago = (t_ms: number | undefined) => (t_ms === undefined ? t("connections.never") : span(Math.max(0, (now - t_ms) / 1000)));
  const kind = needs(link);
  const untaken = link.certificate && link.certificate !== link.trusted;
  const missing = link.missing ?? [];
  const limits = Object.entries(link.limits ?? {});
  return (
    <Card title={nameOf(plant, link.address)} aside={<Tag kind={kind}>{word("link", link.state)}</Tag>}>
      <p className={kind === "calm" ? "" : "connections-said"}>{word("link_said", link.state)}{link.state === "connected" && link.since_ms ? ` · ${t("connections.for", { span: ago(link.since_ms) })}` : ""}</p>
      {link.why ? <p>{link.why}</p> : null}
      {link.next_step ? <p><b>{t("connections.next")}</b> {link.next_step}</p> : null}
      {untaken ? (
        <div className="connections-trust">
          <b>{t(link.trusted ? "connections.changed" : "connections.new")}</b>
          {may ? <button type="button" className="main" onClick={() => setAsked(true)}>{t("connections.decide")}</button> : <small>{t("connections.may_not")}</small>}
        </div>
      ) : null}
      <dl className="facts-list">
        <dt>{t("connections.source")}</dt><dd><code>{name}</code></dd>
        <dt>{t("connections.way")}</dt><dd>{word("protocol", link.protocol)} · <code>{link.endpoint}</code></dd>
        <dt>{t("connections.heard")}</dt><dd className="num">{link.heard_ms === undefined ? t("connections.never") : t("namespace.ago", { span: ago(link.heard_ms) })}</dd>
        <dt>{t("connections.points")}</dt><dd className="num"><a href={href("namespace", "", { search: link.address })}>{number(link.points ?? 0, 0)}</a>{missing.length ? <> · <Tag kind="medium">{t("connections.missing", { n: missing.length })}</Tag></> : null}</dd>
        <dt>{t("connections.clock")}</dt><dd className="num">{link.offset_s === undefined ? "–" : Math.abs(link.offset_s) < FINE_S ? t("connections.clock.fine", { s: signed(link.offset_s, 2) }) : <Tag kind="medium">{t("connections.clock.off", { s: signed(link.offset_s, 1) })}</Tag>}</dd>
        <dt>{t("connections.security")}</dt><dd>{!link.security || link.security === "none" ? t("connections.open") : link.security}</dd>
      </dl>
      {missing.length || limits.length || link.trusted ? (
        <details>
          <summary>{t("connections.more")}</summary>
          <dl className="facts-list">
            {missing.length ? <><dt>{t("connections.missing_which")}</dt><dd>{missing.map((each) => <div key={each}><code>{each}</code></div>)}</dd></> : null}
            {limits.length ? <><dt>{t("connections.limits")}</dt><dd className="num">{limits.map(([each, n]) => <div key={each}>{word("limit_of", each)}: {number(n, 0)}</div>)}</dd></> : null}
            {link.trusted ? <><dt>{t("connections.trusted")}</dt><dd><code>{parted(link.trusted)}</code>{link.trusted_by ? <small> {link.trusted_by}</small> : null}</dd></> : null}
          </dl>
        </details>
      ) : null}
      {asked ? <Trust name={name} link={link} onClose={() => setAsked(false)} /> : null}
    </Card>
  );
}

/** A clock that is off by less than this is fine for what is compared between machines. */
const FINE_S = 2;

/** A person compares fingerprints; only then the certificate is taken. */
function Trust({ name, link, onClose }: { name: string; link: LinkView; onClose: () => void }) {
  const [compared, setCompared] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const [shown] = useState(link.certificate ?? "");
  const send = () => act("POST", "/api/trust", { source: name, fingerprint: shown }).then(
    () => { onClose(); toast(t("connections.taken")); },
    (error: unknown) => setFault(asFault(error)),
  );
  return (
    <Dialog title={t("connections.trust", { name })} onClose={onClose}>
      <p>{t("connections.trust.text")}</p>
      <dl className="facts-list">
        <dt>{t("connections.shows")}</dt><dd className="connections-print"><code>{parted(shown)}</code><CopyButton text={shown} of={t("connections.shows")} /></dd>
        {link.trusted ? <><dt>{t("connections.trusted")}</dt><dd><code>{parted(link.trusted)}</code></dd></> : null}
        <dt>{t("connections.way")}</dt><dd><code>{link.endpoint}</code></dd>
      </dl>
      {link.certificate !== shown ? <p><Tag kind="critical">{t("connections.other_now")}</Tag></p> : null}
      <label className="row connections-check"><input type="checkbox" checked={compared} onChange={(event) => setCompared(event.target.checked)} /><span>{t("connections.compared")}</span></label>
      {fault ? <FaultNote fault={fault} /> : null}
      <footer><button type="button" onClick={onClose}>{t("cancel")}</button><button type="button" className="danger" disabled={!compared || link.certificate !== shown} onClick={() => void send()}>{t("connections.trust.yes")}</button></footer>
    </Dialog>
  );
}

function Services() {
  const sites = useSites().value;
  const services = Object.entries(sites?.services ?? {});
  const now = serverNow();
  return (
    <Card title={t("sites.services")}>
      <ul className="connections-services">
        {services.map(([name, each]) => (
          <li key={name}><b>{name}</b> <Tag kind={each.up ? "calm" : "critical"}>{each.up ? (each.since_ms ? t("sites.service.up", { span: span((now - each.since_ms) / 1000) }) : t("sites.service.running")) : t("sites.service.down")}</Tag><br /><small>{word("service", name)}</small></li>
        ))}
      </ul>
    </Card>
  );
}
