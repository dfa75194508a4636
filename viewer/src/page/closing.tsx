/** The sign-in has ended or is about to: the image stays until the page locks (ux.md 6). */
import { useEffect, useState } from "preact/hooks";
import type { Session } from "../view/viewState";
import { t } from "../words/words";
import { Icon } from "./icons";

interface ClosingProps {
  readonly session: Extract<Session, { readonly kind: "closing" }>;
  readonly lock: () => void;
}

const SECOND_MS = 1000;

/** Said aloud once, not at every second. */
export function Closing({ session: { by, locksAtMs }, lock }: ClosingProps) {
  const [left, setLeft] = useState(() => secondsUntil(locksAtMs));
  useEffect(() => {
    setLeft(secondsUntil(locksAtMs));
    const timer = setInterval(() => { setLeft(secondsUntil(locksAtMs)); }, SECOND_MS);
    return () => { clearInterval(timer); };
  }, [locksAtMs]);
  return (
    <section class="closing" aria-label={t(`closing.${by}`)} data-closing={by}>
      <div role="alert">
        <h2 class="tone-warning"><Icon name="lock" />{t(`closing.${by}`)}</h2>
        <p>{t(`closing.${by}Why`)} {t("closing.next")}</p>
      </div>
      <p class="closing-left"><strong>{t("closing.seconds", { seconds: left })}</strong></p>
      <button type="button" class="button" data-do="lock" onClick={lock}>{t("closing.lock")}</button>
    </section>
  );
}

function secondsUntil(timeMs: number): number {
  return Math.max(0, Math.ceil((timeMs - Date.now()) / SECOND_MS));
}
