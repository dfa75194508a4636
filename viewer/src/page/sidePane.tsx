/** The pane at the right: why it hangs so, and how the images were found (hanging.md P8, launch.md R15). It covers no image. */
import type { ComponentChildren } from "preact";
import type { ArchiveState, TraceStep } from "../wire/types";
import { archivesSummary } from "../view/planWords";
import type { IconName } from "./icons";
import { Icon } from "./icons";
import type { PanelProps } from "./ports";

export function SidePane({ state, ports }: PanelProps) {
  switch (state.drawer) {
    case "hanging":
      return <Pane title="Why this hanging?" state={state} ports={ports}><Why state={state} ports={ports} /></Pane>;
    case "trace":
      return <Pane title="How these images were found" state={state} ports={ports}><Found state={state} ports={ports} /></Pane>;
    default:
      return null;
  }
}

interface PaneContents extends PanelProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

function Pane({ title, children, state, ports }: PaneContents) {
  return (
    <aside class="pane" aria-label={title} data-pane={state.drawer}>
      <header class="pane-head">
        <h2>{title}</h2>
        <button type="button" class="tool" aria-label="Close this pane (Esc)" title="Close this pane (Esc)" onClick={() => { ports.send({ kind: "drawer", drawer: null }); }}>
          <Icon name="close" />
        </button>
      </header>
      <div class="pane-body" tabIndex={0}>{children}</div>
    </aside>
  );
}

// ---- why this hanging ---------------------------------------------------------------------------

function Why({ state, ports }: PanelProps) {
  const { label, protocol, reasons, rejected, stages } = state.plan.hanging;
  return (
    <>
      <p class="pane-lead">{label || "No protocol"}</p>
      {protocol !== "" && <p class="quiet">{`Protocol ${protocol}`}</p>}
      <Section title="Because">
        {reasons.length === 0 ? <p>No reason was given.</p> : <ul class="reasons">{reasons.map((reason) => <li>{reason}</li>)}</ul>}
      </Section>
      {stages.length > 0 && (
        <Section title="Stages">
          <ol class="stages">
            {stages.map(({ name }, index) => (
              <li>
                <button type="button" class="stage-choice" aria-current={index === state.stage ? "step" : undefined} onClick={() => { ports.send({ kind: "stage", index }); }}>
                  <span class="quiet">{index + 1}</span>{name}
                </button>
              </li>
            ))}
          </ol>
        </Section>
      )}
      {rejected.length > 0 && (
        <Section title="Not chosen">
          <dl class="rejected">{rejected.map((one) => <div><dt>{one.protocol}</dt><dd>{one.reason}</dd></div>)}</dl>
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
  readonly word: string;
  readonly tone: string;
}

const OUTCOMES: Readonly<Record<TraceStep["outcome"], Mark>> = {
  found: { icon: "found", word: "Found", tone: "good" },
  none: { icon: "none", word: "None", tone: "quiet" },
  skipped: { icon: "skipped", word: "Skipped", tone: "quiet" },
  refused: { icon: "blocked", word: "Refused", tone: "error" },
  failed: { icon: "warning", word: "Failed", tone: "warning" },
};

const ARCHIVES: Readonly<Record<ArchiveState["state"], Mark>> = {
  answered: { icon: "found", word: "Answered", tone: "good" },
  asked: { icon: "waiting", word: "Asked", tone: "warning" },
  failed: { icon: "warning", word: "Failed", tone: "warning" },
};

function Found({ state }: PanelProps) {
  const { archives, trace, complete } = state.plan;
  const summary = archivesSummary(state.plan);
  return (
    <>
      <p class="pane-lead" data-complete={complete}>{complete ? "The search is complete." : "The search is not complete: more may arrive."}</p>
      {summary !== null && <p class="quiet">{summary.text}</p>}
      {archives.length > 0 && (
        <Section title="Archives">
          <ul class="steps">{archives.map(({ name, state: answer, text }) => <Step mark={ARCHIVES[answer]} text={name} more={text} kind={answer} />)}</ul>
        </Section>
      )}
      <Section title="Step by step">
        {trace.length === 0 ? <p>No step was recorded.</p> : (
          <ol class="steps">{trace.map(({ text, outcome }) => <Step mark={OUTCOMES[outcome]} text={text} more="" kind={outcome} />)}</ol>
        )}
      </Section>
    </>
  );
}

function Step({ mark, text, more, kind }: { readonly mark: Mark; readonly text: string; readonly more: string; readonly kind: string }) {
  return (
    <li class="step" data-outcome={kind}>
      <span class={`step-mark tone-${mark.tone}`}><Icon name={mark.icon} /><span>{mark.word}</span></span>
      <span class="step-text">{text}{more !== "" && <span class="quiet">{more}</span>}</span>
    </li>
  );
}
