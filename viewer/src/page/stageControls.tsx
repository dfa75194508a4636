/** Stages of the hanging, priors and links, as buttons of the tool row. */
import { departs, priorToggle, showsPrior, stageOf } from "../view/hang";
import { linkedWith } from "../view/link";
import { stageText } from "../view/planWords";
import type { PanelProps } from "./ports";
import { Button, Group } from "./toolButton";

export function StageControls({ state, ports }: PanelProps) {
  const { plan, stage } = state;
  const here = stageOf(plan, stage);
  const last = plan.hanging.stages.length - 1;
  const key = (name: string) => (): void => { ports.press(name); };
  return (
    <Group name="Hanging">
      {last > 0 && <Button icon="previousStage" label="Previous stage (,)" disabled={stage === 0} act={key(",")} />}
      {last > 0 && (
        <span class="stage-name" data-stage={stage} title={`Stage ${stageText(plan, stage)}: ${here.name}`}>
          <span class="quiet">{stageText(plan, stage)}</span><span class="stage-words">{here.name}</span>
        </span>
      )}
      {last > 0 && <Button icon="nextStage" label="Next stage (. or space)" disabled={stage === last} act={key(".")} />}
      {priorToggle(plan, stage) !== null && <Button icon="prior" label="Prior on or off (p)" pressed={showsPrior(plan, here)} act={key("p")} />}
      <Button icon="link" label="Link or unlink viewports (s)" pressed={linkedWith(state, state.activeCell).length > 0} act={key("s")} />
      {departs(state, plan, here) && <Button icon="rehang" label="Hang as planned" act={() => { ports.send({ kind: "rehang" }); }} />}
    </Group>
  );
}
