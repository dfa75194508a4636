/** What a drag does, by single presses (WCAG 2.5.7): zoom, pan, turn, images one by one, the window. */
import { resolvedCell } from "../view/resolve";
import { t } from "../words/words";
import { Popover } from "./popover";
import type { PanelProps } from "./ports";
import { Do } from "./toolButton";

export function ViewMenu(props: PanelProps) {
  return (
    <Popover icon="view" tool="view" label={t("view.label")} arrowOnly>
      {() => <Steps {...props} />}
    </Popover>
  );
}

function Steps(props: PanelProps) {
  const { state } = props;
  const view = state.cells[state.activeCell]?.view;
  const magnification = resolvedCell(state, state.activeCell)?.magnification ?? null;
  return (
    <div class="steps-menu">
      <section>
        <h2>{t("view.zoom")}</h2>
        <div class="more-tools">
          <Do {...props} id="zoomOut" icon="zoomOut" />
          <span class="steps-value">{magnification === null ? "" : `${String(Math.round(100 * magnification))} %`}</span>
          <Do {...props} id="zoomIn" icon="zoomIn" />
          <Do {...props} id="fit" icon="fit" />
          <Do {...props} id="interpolation" icon="pixels" pressed={view?.interpolation === "nearest"} />
        </div>
      </section>
      <section>
        <h2>{t("view.place")}</h2>
        <div class="pad">
          <Do {...props} id="lookUp" icon="previous" />
          <Do {...props} id="lookLeft" icon="left" />
          <Do {...props} id="lookRight" icon="right" />
          <Do {...props} id="lookDown" icon="next" />
        </div>
      </section>
      <section>
        <h2>{t("view.turn")}</h2>
        <div class="more-tools">
          <Do {...props} id="rotateLeft" icon="rotateLeft" />
          <Do {...props} id="rotateRight" icon="rotate" />
          <Do {...props} id="flipHorizontal" icon="flip" pressed={view?.flip === true} />
          <Do {...props} id="flipVertical" icon="flipVertical" />
        </div>
      </section>
      <section>
        <h2>{t("view.images")}</h2>
        <div class="more-tools">
          <Do {...props} id="previousImage" icon="previous" />
          <Do {...props} id="nextImage" icon="next" />
          <Do {...props} id="previousSeries" icon="previousStage" />
          <Do {...props} id="nextSeries" icon="nextStage" />
        </div>
      </section>
      <section>
        <h2>{t("view.window")}</h2>
        <div class="more-tools">
          <Do {...props} id="narrower" icon="fit" />
          <Do {...props} id="wider" icon="wider" />
          <Do {...props} id="lower" icon="brighter" />
          <Do {...props} id="higher" icon="darker" />
        </div>
      </section>
    </div>
  );
}
