/** Newer plans into the state, one at a time, never under a drag. */
import type { Action } from "../view/actions";
import type { AppState } from "../view/viewState";
import type { Client, Problem } from "../wire/client";
import { RequestFailed } from "../wire/client";
import type { Plan } from "../wire/types";

export interface UpdatesPorts {
  readonly client: Pick<Client, "revisions">;
  readonly now: () => AppState;
  readonly send: (action: Action) => void;
  readonly handsOff: () => Promise<void>;
  /** A plan has been taken in. */
  readonly onPlan: (plan: Plan) => void;
  /** True where the problem ends the reading, which has then been done. */
  readonly endedBy: (problem: Problem) => boolean;
}

export interface Updates {
  /** Asks for newer plans; nothing where the plan is complete or they are being asked for. */
  readonly start: () => void;
  readonly stop: () => void;
}

export function createUpdates(ports: UpdatesPorts): Updates {
  let running: AbortController | null = null;

  async function follow(signal: AbortSignal): Promise<void> {
    for await (const plan of ports.client.revisions(ports.now().plan.revision, signal)) {
      await ports.handsOff();
      if (signal.aborted) return;
      ports.send({ kind: "revised", plan });
      ports.onPlan(plan);
    }
  }

  function start(): void {
    const { plan, session, updatesProblem } = ports.now();
    if (running !== null || plan.complete || session.kind === "ended") return;
    const abort = new AbortController();
    running = abort;
    if (updatesProblem !== null) ports.send({ kind: "updates", problem: null });
    follow(abort.signal)
      .catch((cause: unknown) => {
        if (!abort.signal.aborted) failed(cause);
      })
      .finally(() => {
        if (running === abort) running = null;
      });
  }

  function failed(cause: unknown): void {
    if (!(cause instanceof RequestFailed)) throw cause;
    if (!ports.endedBy(cause.problem)) ports.send({ kind: "updates", problem: cause.problem });
  }

  function stop(): void {
    running?.abort();
    running = null;
  }

  return { start, stop };
}
