/** Parts of the page that are fetched when they are first needed. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../words/words";

/** A component in place of the one that `load` brings; says so while it comes, and where it does not. */
export function lazily<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let here: ComponentType<Props> | null = null;
  return function Lazily(props: Props) {
    const [attempt, setAttempt] = useState(0);
    const [state, setState] = useState<"coming" | "here" | "failed">(here === null ? "coming" : "here");
    useEffect(() => {
      if (here !== null) return undefined;
      let wanted = true;
      const settle = (next: "here" | "failed"): void => {
        if (wanted) setState(next);
      };
      load().then((part) => {
        here = part;
        settle("here");
      }, () => { settle("failed"); });
      return () => { wanted = false; };
    }, [attempt]);
    const again = (): void => {
      setState("coming");
      setAttempt(attempt + 1);
    };
    const Part = here;
    if (Part !== null && state === "here") return <Part {...props} />;
    if (state === "failed") return <p role="alert">{t("pane.failed")} <button type="button" class="button" onClick={again}>{t("pane.retry")}</button></p>;
    return <p class="quiet" role="status">{t("pane.coming")}</p>;
  };
}
