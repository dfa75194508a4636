/** Who this is, as the EHR says: always on the screen (launch.md R26, R27). */
import { bannerBirth, personName } from "../view/labels";
import type { PanelProps } from "./ports";

export function PatientBanner({ state, ports }: PanelProps) {
  const { banner } = state.plan;
  return (
    <header class="banner" aria-label="Patient and order">
      <h1 class="banner-name">{personName(banner.name) || "Name not stated"}</h1>
      <dl class="facts">
        <Fact name="Born" value={bannerBirth(banner, ports.today)} />
        <Fact name="Sex" value={banner.sex || "not stated"} />
        <Fact name="MRN" value={banner.mrn || "not stated"} />
        <Fact name="Order" value={banner.order || "none"} wide />
        <Fact name="Accession" value={banner.accession || "none"} />
      </dl>
    </header>
  );
}

function Fact({ name, value, wide = false }: { readonly name: string; readonly value: string; readonly wide?: boolean }) {
  return (
    <div class={wide ? "fact fact-wide" : "fact"}>
      <dt>{name}</dt>
      <dd title={value}>{value}</dd>
    </div>
  );
}
