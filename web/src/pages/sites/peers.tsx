// For an admin: the servers of other sites that are followed, and one more after a trial.
import { useState, type FormEvent } from "react";
import { act, asFault, useAsked, type Fault } from "../../data";
import type { PeersView, PeerTriedView, PeerView } from "../../contract/views";
import { Busy, Card, Dialog, Empty, FaultNote, Field, Sure, Table, Tag, toast } from "../../kit";
import { dayAndTime, label, share, t, word } from "../../words";

type Row = readonly [id: string, peer: PeerView];

export function Peers() {
  const found = useAsked<PeersView>("/api/peers");
  const [adding, setAdding] = useState(false);
  const [ending, setEnding] = useState<Row>();
  const rows: Row[] = Object.entries(found.value?.peers ?? {});
  const failed = (error: unknown) => toast(asFault(error).what, { bad: true });
  return (
    <Card title={t("peers.title")} aside={<button type="button" className="main" onClick={() => setAdding(true)}>{t("peers.add")}</button>}>
      {found.fault ? <FaultNote fault={found.fault} onAgain={found.again} /> : !found.value ? <Busy /> : (
        <Table<Row> caption={t("peers.title")} rows={rows} id={([id]) => id} first={{ name: "site", down: false }} empty={<Empty hint={t("peers.none.hint")}>{t("peers.none")}</Empty>}
          columns={[
            { name: "site", title: t("peers.site"), by: ([, peer]) => peer.site, show: ([, peer]) => <><b>{peer.site}</b><br /><a href={peer.url} target="_blank" rel="noopener noreferrer">{peer.url}</a></> },
            { name: "trust", title: t("peers.trust"), by: ([, peer]) => peer.trust, show: ([, peer]) => word("peer_trust", peer.trust) },
            { name: "heard", title: t("peers.heard"), by: ([, peer]) => peer.heard_ms, show: ([, peer]) => <>{peer.why ? <Tag kind="critical" title={peer.text}>{word("peer_why", peer.why)}</Tag> : null} <span className="num">{peer.heard_ms === undefined ? "–" : dayAndTime(peer.heard_ms)}</span></> },
            { name: "by", title: t("peers.by"), by: ([, peer]) => peer.by_name, show: ([, peer]) => <>{peer.by_name || peer.by}<br /><small className="num">{dayAndTime(peer.made_ms)}</small></> },
            { name: "acts", title: "", show: (row) => <button type="button" onClick={() => setEnding(row)} aria-label={t("peers.remove.of", { site: row[1].site })}>{t("peers.remove")}</button> },
          ]} />
      )}
      {adding ? <Adding onClose={() => setAdding(false)} onDone={() => { setAdding(false); found.again(); }} /> : null}
      {ending ? <Sure title={t("peers.remove.of", { site: ending[1].site })} danger yes={t("peers.remove")} onNo={() => setEnding(undefined)}
        onYes={() => { void act("DELETE", `/api/peers/${encodeURIComponent(ending[0])}`).then(found.again, failed); setEnding(undefined); }}><p>{t("peers.remove.text")}</p></Sure> : null}
    </Card>
  );
}

/** Address, token, fingerprint; tried first, then kept. */
function Adding({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const [fault, setFault] = useState<Fault>();
  const [tried, setTried] = useState<PeerTriedView>();
  const [busy, setBusy] = useState(false);
  const [given, setGiven] = useState({ url: "", token: "", fingerprint: "" });
  const put = (name: keyof typeof given) => (event: { target: { value: string } }) => (setTried(undefined), setGiven({ ...given, [name]: event.target.value }));
  const ask = (body: typeof given) => {
    setFault(undefined);
    setBusy(true);
    act<PeerTriedView>("POST", "/api/peers/try", body).then(setTried, (error: unknown) => setFault(asFault(error))).finally(() => setBusy(false));
  };
  const keep = () => {
    setBusy(true);
    act("POST", "/api/peers", given).then(onDone, (error: unknown) => setFault(asFault(error))).finally(() => setBusy(false));
  };
  const same = (fingerprint: string) => { const body = { ...given, fingerprint }; setGiven(body); ask(body); };
  const submit = (event: FormEvent<HTMLFormElement>) => { event.preventDefault(); if (tried?.site) keep(); else ask(given); };
  return (
    <Dialog title={t("peers.add")} onClose={onClose}>
      <form className="grid peers-form" onSubmit={submit}>
        <p>{t("peers.how")} <code>linewright tokens add … --scope sites</code></p>
        <Field label={t("peers.url")}><input value={given.url} onChange={put("url")} required autoFocus type="url" maxLength={300} placeholder="https://HOST:PORT" autoCapitalize="none" spellCheck={false} autoComplete="off" /></Field>
        <Field label={t("peers.token")}><input value={given.token} onChange={put("token")} required type="password" maxLength={200} autoComplete="off" /></Field>
        <Field label={t("peers.fingerprint")}><input value={given.fingerprint} onChange={put("fingerprint")} maxLength={200} spellCheck={false} autoComplete="off" /></Field>
        {fault ? <FaultNote fault={fault} /> : null}
        {tried ? <Found tried={tried} onSame={same} /> : null}
        <footer><button type="button" onClick={onClose}>{t("cancel")}</button><button type="submit" className="main" disabled={busy}>{busy ? t("busy") : t(tried?.site ? "peers.keep" : "peers.try")}</button></footer>
      </form>
    </Dialog>
  );
}

/** What the trial found: the site, or why not, or which certificate a person has to compare. */
function Found({ tried, onSame }: { tried: PeerTriedView; onSame: (fingerprint: string) => void }) {
  if (tried.site) return <p role="status"><Tag>{t("peers.found")}</Tag> <b>{label(tried.now?.label, tried.site)}</b> <small>{t("sites.oee")} {share(tried.now?.oee)}</small></p>;
  return (
    <div role="status" className="grid peers-form">
      <p><Tag kind="high">{word("peer_why", tried.why ?? "")}</Tag> <small>{tried.text}</small></p>
      {tried.why === "certificate" && tried.shown ? (
        <>
          <p>{t("peers.compare")}</p>
          <p><code>{tried.shown}</code></p>
          <div><button type="button" onClick={() => onSame(tried.shown ?? "")}>{t("peers.same")}</button></div>
        </>
      ) : null}
    </div>
  );
}
