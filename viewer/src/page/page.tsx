/** The whole page: panels that read one state. */
import type { ReadonlySignal } from "@preact/signals";
import { render } from "preact";
import type { AppState, EndedBy } from "../view/viewState";
import { PatientBanner } from "./banner";
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
    <div class="page" data-state={pageState(state)}>
      <PatientBanner state={state} ports={ports} />
      <Toolbar state={state} ports={ports} />
      <div class="between">
        {!state.online && <p class="offline" role="alert"><Icon name="warning" />This computer is offline. Images already loaded stay; loading goes on by itself when the network returns.</p>}
        <OpenDrawer state={state} ports={ports} />
      </div>
      <div class="middle">
        <Rail state={state} ports={ports} thumbnails={thumbnails.value} />
        {state.gpu.kind === "unsupported" ? <Unsupported reason={state.gpu.reason} /> : <Viewports state={state} ports={ports} />}
        <SidePane state={state} ports={ports} />
      </div>
      <StatusStrip state={state} ports={ports} />
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
    <div class="message" role="alert">
      <h2><Icon name="warning" />Images cannot be drawn in this browser</h2>
      <p>{reason} The viewer draws images with WebGL2. The patient, the order and the list of series stay readable.</p>
      <p>What to do next:</p>
      <ul>
        <li>Use a current Chrome, Edge, Firefox or Safari (16.4 or later).</li>
        <li>In Chrome or Edge, open Settings, System, and turn on “Use graphics acceleration when available”; then restart the browser.</li>
        <li>On a managed or remote desktop, ask your administrator to allow WebGL (policy “Disable3DAPIs” must be off).</li>
      </ul>
    </div>
  );
}

const ENDINGS: Readonly<Record<EndedBy, string>> = {
  reader: "The images have been removed from this computer.",
  readerAlone: "The images have been removed from this computer. The server could not be told; it closes the reading by itself.",
  server: "It was ended, or its time ran out. The images have been removed from this computer.",
};

function Ended({ by }: { readonly by: EndedBy }) {
  return (
    <div class="page page-ended" data-state="ended">
      <div class="lock" role="alert">
        <Icon name="lock" />
        <h1>This reading has ended.</h1>
        <p>Open it again from the EHR.</p>
        <p class="quiet">{ENDINGS[by]}</p>
      </div>
    </div>
  );
}
