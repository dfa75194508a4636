/** The whole page: panels that read one state. */
import type { ReadonlySignal } from "@preact/signals";
import { render } from "preact";
import type { AppState, EndedBy } from "../view/viewState";
import { t } from "../words/words";
import { PatientBanner } from "./banner";
import { Closing } from "./closing";
import { OpenDrawer } from "./drawers";
import { Icon } from "./icons";
import type { PagePorts, Thumbnails } from "./ports";
import { Rail } from "./rail";
import { SidePane } from "./sidePane";
import { StatusStrip } from "./statusStrip";
import { Toolbar } from "./toolbar";
import { LiveRegion, News, Viewports } from "./viewports";

interface PageProps {
  readonly states: ReadonlySignal<AppState>;
  readonly thumbnails: ReadonlySignal<Thumbnails>;
  readonly ports: PagePorts;
}

export function mountPage(root: HTMLElement, props: PageProps): void {
  render(<Page {...props} />, root);
}

function Page({ states, thumbnails, ports }: PageProps) {
  const state = states.value;
  if (state.session.kind === "ended") return <Ended by={state.session.by} />;
  return (
    <div class="page" data-state={pageState(state)} data-held={state.held}>
      <PatientBanner state={state} ports={ports} />
      <Toolbar state={state} ports={ports} />
      <div class="between">
        {!state.online && <p class="offline" role="alert"><Icon name="offline" />{t("page.offline")}</p>}
        <OpenDrawer state={state} ports={ports} />
      </div>
      <div class="middle">
        <Rail state={state} ports={ports} thumbnails={thumbnails.value} />
        {state.session.kind === "closing" && <Closing session={state.session} lock={ports.endReading} />}
        {state.gpu.kind === "unsupported" ? <Unsupported reason={state.gpu.reason} /> : <Viewports state={state} ports={ports} />}
        <SidePane state={state} ports={ports} />
      </div>
      <StatusStrip state={state} ports={ports} />
      <p id="rail-help" hidden>{t("rail.help")}</p>
      <LiveRegion state={state} />
      <News state={state} />
    </div>
  );
}

function pageState({ gpu }: AppState): string {
  if (gpu.kind === "unsupported") return "unsupported";
  return gpu.kind === "starting" ? "booting" : "ready";
}

function Unsupported({ reason }: { readonly reason: string }) {
  return (
    <main class="unsupported">
      <div class="message" role="alert">
        <h2><Icon name="warning" />{t("page.unsupported")}</h2>
        <p>{reason} {t("page.unsupportedWhy")}</p>
        <p>{t("page.unsupportedNext")}</p>
        <ul>
          <li>{t("page.unsupportedBrowser")}</li>
          <li>{t("page.unsupportedSetting")}</li>
          <li>{t("page.unsupportedManaged")}</li>
        </ul>
      </div>
    </main>
  );
}

function endingText(by: EndedBy): string {
  return t(by === "reader" ? "ended.reader" : by === "readerAlone" ? "ended.readerAlone" : "ended.server");
}

function Ended({ by }: { readonly by: EndedBy }) {
  return (
    <main class="page page-ended" data-state="ended">
      <div class="lock" role="alert">
        <Icon name="lock" />
        <h1>{t("ended.title")}</h1>
        <p>{t("ended.again")}</p>
        <p class="quiet">{endingText(by)}</p>
      </div>
    </main>
  );
}
