/** Preferences take effect at once and are kept one after the other. Oracle: what the server was asked, in order. */
import { afterEach, expect, it, vi } from "vitest";
import { createPreferences } from "../../src/main/preferences";
import type { Action } from "../../src/view/actions";
import { reduce } from "../../src/view/actions";
import type { AppState } from "../../src/view/viewState";
import type { Problem } from "../../src/wire/client";
import { RequestFailed } from "../../src/wire/client";
import type { KeptFor, Preferences } from "../../src/wire/preferences";
import { speak, t } from "../../src/words/words";
import { state } from "../plans";

const PROBLEM: Problem = { status: null, code: "network", title: "The server could not be reached", detail: "", nextStep: "", correlationId: "" };

afterEach(() => speak("en"));

function desk(languages: readonly string[] = ["en-US"]) {
  let now: AppState = state();
  const asked: Preferences[] = [];
  const answers: ((answer: KeptFor | Error) => void)[] = [];
  const spoken: string[] = [];
  const send = (action: Action): void => { now = reduce(now, action); };
  const made = createPreferences({
    now: () => now,
    send,
    keep: (preferences) => new Promise((resolve, reject) => {
      asked.push(preferences);
      answers.push((answer) => { if (answer instanceof Error) reject(answer); else resolve(answer); });
    }),
    languages: () => languages,
    say: (language) => { spoken.push(language); },
    endedBy: () => false,
  });
  return { ...made, now: () => now, send, asked, answers, spoken };
}

const settled = async (): Promise<void> => { for (let i = 0; i < 50; i++) await Promise.resolve(); };

it("is in force before the server has answered, and says when it is kept", async () => {
  const { prefer, now, answers } = desk();
  prefer((before) => ({ ...before, startTool: "pan" }));
  expect([now().tool, now().keeping.kind]).toEqual(["pan", "underWay"]);
  answers[0]?.("user");
  await settled();
  expect(now().keeping).toEqual({ kind: "kept", for: "user" });
});

it("asks once at a time, and then for the last choice only", async () => {
  const { prefer, asked, answers } = desk();
  for (const tool of ["pan", "zoom", "scroll"] as const) prefer((before) => ({ ...before, startTool: tool }));
  expect(asked.map(({ startTool }) => startTool)).toEqual(["pan"]);
  answers[0]?.("user");
  await settled();
  expect(asked.map(({ startTool }) => startTool)).toEqual(["pan", "scroll"]);
});

it("holds on this page when it cannot be kept, and the next choice is tried again", async () => {
  const { prefer, now, asked, answers } = desk();
  prefer((before) => ({ ...before, profile: "bir" }));
  answers[0]?.(new RequestFailed(PROBLEM));
  await settled();
  expect([now().preferences.profile, now().keeping]).toEqual(["bir", { kind: "failed", problem: PROBLEM }]);
  prefer((before) => ({ ...before, singleKeys: false }));
  expect(asked.at(-1)).toMatchObject({ profile: "bir", singleKeys: false });
});

it("speaks the browser's language until the reader chooses one, and back again", async () => {
  const { prefer, speak: begin, spoken, now } = desk(["fr-CA", "en"]);
  await begin();
  expect([t("banner.born"), spoken.at(-1)]).toEqual([expect.not.stringMatching(/^Born$/), "fr"]);
  prefer((before) => ({ ...before, language: "de" }));
  await vi.waitFor(() => { expect([t("banner.born"), spoken.at(-1), now().language]).toEqual(["Geboren", "de", "de"]); });
  prefer((before) => ({ ...before, language: "en" }));
  await settled();
  expect(t("banner.born")).toBe("Born");
});

it("what the reader has changed by hand is not moved by another preference", () => {
  const { prefer, send, now } = desk();
  send({ kind: "tool", tool: "zoom" });
  send({ kind: "screen", act: { kind: "words", level: "none" } });
  prefer((before) => ({ ...before, singleKeys: false }));
  expect([now().tool, now().words]).toEqual(["zoom", "none"]);
});
