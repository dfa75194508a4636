/** What the HTML answer carries: the Boot JSON and where the built viewer lies. */
import { soundPreferences } from "../wire/preferences";
import type { Boot } from "../wire/types";

export interface Start {
  readonly boot: Boot;
  readonly root: HTMLElement;
  /** Path of the dist folder, with its last slash. */
  readonly dist: string;
}

/** Reads the page's start, and takes the Boot JSON out of the document: it holds the secret. */
export function readStart(): Start {
  const root = document.getElementById("page");
  const script = document.getElementById("boot");
  if (root === null || script === null) throw new Error("The page carries no reading (#page, #boot).");
  const said = JSON.parse(script.textContent) as Boot; // the server's own wire.py wrote it
  script.remove();
  const preferences = { ...said.preferences, preferences: soundPreferences(said.preferences.preferences) }; // kept long ago, perhaps
  return { boot: { ...said, preferences }, root, dist: root.dataset.dist ?? "/static/dist/" };
}
