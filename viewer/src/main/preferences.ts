/** The reader's preferences: in force at once, spoken in his language, kept on the server one after the other. */
import type { Action } from "../view/actions";
import type { AppState } from "../view/viewState";
import type { Problem } from "../wire/client";
import { RequestFailed } from "../wire/client";
import type { KeptFor, Preferences } from "../wire/preferences";
import type { Language } from "../words/catalogue";
import { language, languageOf, speak, t } from "../words/words";

export interface PreferencePorts {
  readonly now: () => AppState;
  readonly send: (action: Action) => void;
  /** RequestFailed. */
  readonly keep: (preferences: Preferences) => Promise<KeptFor>;
  /** As the browser asks for them. */
  readonly languages: () => readonly string[];
  /** Tells the document what is spoken now. */
  readonly say: (language: Language) => void;
  readonly endedBy: (problem: Problem) => boolean;
}

export interface ReaderPreferences {
  readonly prefer: (change: (preferences: Preferences) => Preferences) => void;
  /** The language of the preferences, from the next word on; English where its words do not come. */
  readonly speak: () => Promise<void>;
}

export function createPreferences({ now, send, keep, languages, say, endedBy }: PreferencePorts): ReaderPreferences {
  /** Chosen, and not yet kept. */
  let waiting: Preferences | null = null;
  let underWay = false;

  function prefer(change: (preferences: Preferences) => Preferences): void {
    const preferences = change(now().preferences);
    send({ kind: "preferences", preferences });
    waiting = preferences;
    void speakNow();
    if (!underWay) void keepAll();
  }

  /** Only the last choice counts: what was chosen while one was on its way replaces what was chosen before. */
  async function keepAll(): Promise<void> {
    underWay = true;
    send({ kind: "keeping", keeping: { kind: "underWay" } });
    let keeping: AppState["keeping"] = now().keeping;
    while (waiting !== null && now().session.kind !== "ended") {
      const preferences = waiting;
      waiting = null;
      keeping = await kept(preferences);
    }
    underWay = false;
    if (now().session.kind !== "ended") send({ kind: "keeping", keeping });
  }

  async function kept(preferences: Preferences): Promise<AppState["keeping"]> {
    try {
      return { kind: "kept", for: await keep(preferences) };
    } catch (cause) {
      if (!(cause instanceof RequestFailed)) throw cause;
      endedBy(cause.problem);
      return { kind: "failed", problem: cause.problem };
    }
  }

  async function speakNow(): Promise<void> {
    const wanted = now().preferences.language || languageOf(languages());
    const before = language();
    try {
      await speak(wanted, languages());
    } catch {
      say(language()); // the words did not come: what is spoken stays
      send({ kind: "say", text: t("settings.noWords") });
      return;
    }
    if (language() !== wanted) return; // another one has been chosen meanwhile
    say(wanted);
    if (wanted !== before) send({ kind: "spoken", language: wanted });
  }

  return { prefer, speak: speakNow };
}
