/** The pane at the right: why it hangs so, how the images were found, help, settings, tags. It covers no image. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { ArchiveState, TraceStep } from "../wire/types";
import { archivesSummary } from "../view/planWords";
import { t } from "../words/words";
import type { IconName } from "./icons";
import { Icon } from "./icons";
import { lazily } from "./lazily";
import type { PanelProps } from "./ports";

const Findings = lazily(async () => (await import("./findingsPane")).FindingsPane);
const Help = lazily(async () => (await import("./help")).Help);
const Settings = lazily(async () => (await import("./settings")).Settings);
const Tags = lazily(async () => (await import("./tags")).Tags);

export function SidePane({ state, ports }: PanelProps) {
  switch (state.drawer) {
    case "hanging":
      return <Pane key="hanging" title={t("why.title")} state={state} ports={ports}><Why state={state} ports={ports} /></Pane>;
    case "trace":
      return <Pane key="trace" title={t("found.title")} state={state} ports={ports}><Found state={state} ports={ports} /></Pane>;
    case "findings":
      return <Pane key="findings" title={t("measure.pane")} state={state} ports={ports}><Findings state={state} ports={ports} /></Pane>;
    case "help":
      return <Pane key="help" title={t("help.title")} state={state} ports={ports}><Help state={state} ports={ports} /></Pane>;
    case "settings":
      return <Pane key="settings" title={t("settings.title")} state={state} ports={ports}><Settings state={state} ports={ports} /></Pane>;
    case "tags":
      return <Pane key="tags" title={t("tags.title")} state={state} ports={ports}><Tags state={state} ports={ports} /></Pane>;
    default:
      return null;
  }
}

interface PaneContents extends PanelProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

/** Focus goes into it, and back to where it was. */
function Pane({ title, children, state, ports }: PaneContents) {
  const body = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    body.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const close = (): void => { ports.send({ kind: "drawer", drawer: null }); };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    close();
  };
  const label = `${t("pane.close")} (${t("mouse.escape")})`;
  return (
    <aside class="pane" aria-label={title} data-pane={state.drawer} onKeyDown={onKey}>
      <header class="pane-head">
        <h2>{title}</h2>
        <button type="button" class="tool" aria-label={label} title={label} onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <div class="pane-body" tabIndex={0} ref={body}>{children}</div>
    </aside>
  );
}

// ---- why this hanging ---------------------------------------------------------------------------

function Why({ state, ports }: PanelProps) {
  const { label, protocol, reasons, rejected, stages } = state.plan.hanging;
  return (
    <>
      {label === "" ? <p class="pane-lead">{t("why.noProtocol")}</p> : <p class="pane-lead" lang="en">{label}</p>}
      {protocol !== "" && <p class="quiet">{t("why.protocol", { name: protocol })}</p>}
      <Section title={t("why.because")}>
        {reasons.length === 0 ? <p>{t("why.noReason")}</p> : <ul class="reasons">{reasons.map((reason) => <li lang="en">{reason}</li>)}</ul>}
      </Section>
      {stages.length > 0 && (
        <Section title={t("why.stages")}>
          <ol class="stages">
            {stages.map(({ name }, index) => (
              <li>
                <button type="button" class="stage-choice" aria-current={index === state.stage ? "step" : undefined} onClick={() => { ports.send({ kind: "stage", index }); }}>
                  <span class="quiet">{index + 1}</span><span lang="en">{name}</span>
                </button>
              </li>
            ))}
          </ol>
        </Section>
      )}
      {rejected.length > 0 && (
        <Section title={t("why.notChosen")}>
          <dl class="rejected">{rejected.map((one) => <div><dt translate={false}>{one.protocol}</dt><dd lang="en">{one.reason}</dd></div>)}</dl>
        </Section>
      )}
    </>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return <section class="pane-section"><h3>{title}</h3>{children}</section>;
}

// ---- how these images were found ----------------------------------------------------------------

interface Mark {
  readonly icon: IconName;
  readonly tone: string;
}

const OUTCOMES: Readonly<Record<TraceStep["outcome"], Mark>> = {
  found: { icon: "found", tone: "good" },
  none: { icon: "none", tone: "quiet" },
  skipped: { icon: "skipped", tone: "quiet" },
  refused: { icon: "blocked", tone: "error" },
  failed: { icon: "warning", tone: "warning" },
};

const ARCHIVES: Readonly<Record<ArchiveState["state"], Mark>> = {
  answered: { icon: "found", tone: "good" },
  asked: { icon: "waiting", tone: "warning" },
  failed: { icon: "warning", tone: "warning" },
};

function Found({ state }: PanelProps) {
  const { archives, trace, complete } = state.plan;
  const summary = archivesSummary(state.plan);
  return (
    <>
      <p class="pane-lead" data-complete={complete}>{complete ? t("found.complete") : t("found.notComplete")}</p>
      {summary !== null && <p class="quiet">{summary.text}</p>}
      {archives.length > 0 && (
        <Section title={t("found.archives")}>
          <ul class="steps">{archives.map(({ name, state: answer, text }) => <Step mark={ARCHIVES[answer]} word={t(`archive.${answer}`)} text={name} more={text} kind={answer} />)}</ul>
        </Section>
      )}
      <Section title={t("found.steps")}>
        {trace.length === 0 ? <p>{t("found.noSteps")}</p> : (
          <ol class="steps">{trace.map(({ text, outcome }) => <Step mark={OUTCOMES[outcome]} word={t(`outcome.${outcome}`)} text={text} more="" kind={outcome} />)}</ol>
        )}
      </Section>
    </>
  );
}

function Step({ mark, word, text, more, kind }: { readonly mark: Mark; readonly word: string; readonly text: string; readonly more: string; readonly kind: string }) {
  return (
    <li class="step" data-outcome={kind}>
      <span class={`step-mark tone-${mark.tone}`}><Icon name={mark.icon} /><span>{word}</span></span>
      <span class="step-text" lang="en">{text}{more !== "" && <span class="quiet">{more}</span>}</span>
    </li>
  );
}
