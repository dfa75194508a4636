/** Who this is, as the EHR says, and what is read: always on the screen (launch.md R26, R27). */
import { allergyText, bannerBirth, personName, sexText } from "../view/labels";
import { studyGroups } from "../view/studies";
import type { Banner, Plan } from "../wire/types";
import { localDate, t } from "../words/words";
import { Icon } from "./icons";
import type { PanelProps } from "./ports";

/** Characters; a longer name stands smaller, on two lines: it is never cut. */
const LONG_NAME = 26;

export function PatientBanner({ state, ports }: PanelProps) {
  const { banner } = state.plan;
  const name = personName(banner.name) || t("banner.noName");
  return (
    <header class="banner" aria-label={t("banner.label")}>
      <h1 class="banner-name" title={name} data-long={name.length > LONG_NAME}><bdi>{name}</bdi></h1>
      <dl class="facts">
        <Fact name={t("banner.born")} value={bannerBirth(banner, ports.today)} />
        <Fact name={t("banner.sex")} value={sexText(banner.sex) || t("banner.notStated")} />
        <Fact name={t("banner.mrn")} value={banner.mrn || t("banner.notStated")} label />
        <AllergyFact allergies={banner.allergies} />
        <StudyFact plan={state.plan} />
        <Fact name={t("banner.order")} value={banner.order || t("banner.none")} wide rank="low" />
        <Fact name={t("banner.accession")} value={banner.accession || t("banner.none")} label />
      </dl>
    </header>
  );
}

/** Description and date of the study that is read; of several, how many more. Where room is short, the description gives way, never the date. */
function StudyFact({ plan }: { readonly plan: Plan }) {
  const current = studyGroups(plan).filter(({ study }) => study.role === "current");
  const [first] = current;
  if (first === undefined) return <Fact name={t("banner.study")} value={t("banner.none")} />;
  const { date, time } = first.study;
  const description = first.study.description || t("rail.noDescription");
  const when = [date === "" ? t("rail.undated") : localDate(date), time].filter(Boolean).join(" ");
  const more = current.length > 1 ? t("banner.more", { count: current.length - 1 }) : "";
  const rest = [when, more].filter(Boolean).join(" · ");
  return (
    <div class="fact fact-wide fact-study">
      <dt>{t("banner.study")}</dt>
      <dd title={`${description} · ${rest}`}><bdi class="fact-gives">{description}</bdi><span class="fact-stays">{` · ${rest}`}</span></dd>
    </div>
  );
}

/** A warning where there is one; that there is none, or that nobody said, stands quietly where there is room. */
function AllergyFact({ allergies }: Pick<Banner, "allergies">) {
  const name = t("banner.allergies");
  if (allergies === null) return <Fact name={name} value={t("banner.allergiesUnknown")} title={t("banner.allergiesUnknownTitle")} rank="low" label />;
  if (allergies.length === 0) return <Fact name={name} value={t("banner.allergiesNone")} rank="low" label />;
  return <Fact name={name} value={allergyText(allergies)} wide icon="warning" />;
}

interface FactProps {
  readonly name: string;
  readonly value: string;
  readonly wide?: boolean;
  readonly rank?: "low";
  readonly title?: string;
  readonly icon?: "warning";
  /** The value says nothing without it, however short the room. */
  readonly label?: boolean;
}

function Fact({ name, value, wide = false, rank, title = value, icon, label = false }: FactProps) {
  return (
    <div class={`fact${wide ? " fact-wide" : ""}${label ? " fact-label" : ""}`} data-rank={rank} data-flag={icon}>
      <dt>{name}</dt>
      <dd title={title}>{icon === undefined ? null : <Icon name={icon} />}<bdi>{value}</bdi></dd>
    </div>
  );
}
