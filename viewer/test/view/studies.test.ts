/** The list by study, and the words about archives. Oracle: ux.md 1 and 6, by hand. */
import { describe, expect, it } from "vitest";
import { archivesSummary } from "../../src/view/planWords";
import { listOrder, studyGroups } from "../../src/view/studies";
import type { ArchiveState } from "../../src/wire/types";
import { displaySet, plan, priorStudy, refused, study } from "../plans";

describe("the list", () => {
  const undated = { ...priorStudy, date: "", time: "" };
  const older = { ...priorStudy, date: "2019-07-01" };
  const mixed = plan({
    displaySets: [
      displaySet({ study: older }),
      displaySet({ study: undated }),
      displaySet(),
      displaySet({ study: priorStudy, modality: "PT" }),
      { ...refused, study },
      displaySet({ study: priorStudy }),
      displaySet({ study: priorStudy, modality: "PT" }),
    ],
  });

  it("has the current study first, then priors, the latest first, undated last", () => {
    expect(studyGroups(mixed).map((group) => [group.study.role, group.study.date])).toEqual([
      ["current", "2026-11-02"],
      ["prior", "2024-03-02"],
      ["prior", "2019-07-01"],
      ["prior", ""],
    ]);
  });

  it("has every display set once, with the modalities of its study", () => {
    expect(studyGroups(mixed).map(({ indices }) => indices)).toEqual([[2, 4], [3, 5, 6], [0], [1]]);
    expect(studyGroups(mixed)[1]?.modalities).toEqual(["PT", "CT"]);
  });

  it("is gone through without what cannot be shown", () => {
    expect(listOrder(mixed)).toEqual([2, 3, 5, 6, 0, 1]);
  });
});

describe("the archives", () => {
  const archive = (name: string, state: ArchiveState["state"]): ArchiveState => ({ name, state, text: "" });
  const said = (complete: boolean, ...archives: readonly ArchiveState[]) => archivesSummary(plan({ complete, archives }));

  it.each([
    [true, [archive("North", "answered")], "Archive answered", "good"],
    [true, [archive("North", "answered"), archive("South", "answered")], "All 2 archives answered", "good"],
    [false, [archive("North", "answered"), archive("South", "asked")], "1 of 2 archives answered; still asking South", "waiting"],
    [true, [archive("North", "answered"), archive("South", "failed")], "1 of 2 archives answered; South failed", "failed"],
    [true, [archive("North", "answered"), archive("South", "asked")], "1 of 2 archives answered; no answer from South", "failed"],
    [false, [archive("N", "asked"), archive("S", "asked"), archive("E", "failed")], "0 of 3 archives answered; still asking N, S; E failed", "failed"],
    [false, [archive("North", "answered")], "Archive answered", "waiting"],
  ] as const)("complete %s, %j: %s", (complete, archives, text, tone) => {
    expect(said(complete, ...archives)).toEqual({ text, tone });
  });

  it("are not spoken of where the plan names none", () => {
    expect(said(true)).toBeNull();
  });
});
