/** German. */
import { de as fidelity } from "./parts/fidelity";
import { de as imageNotes } from "./parts/imageNotes";
import { de as keys } from "./parts/keys";
import { de as measure } from "./parts/measure";
import { de as page } from "./parts/page";
import { de as problems } from "./parts/problems";
import { de as screen } from "./parts/screen";
import { de as screenTools } from "./parts/screenTools";
import { de as settings } from "./parts/settings";
import { de as states } from "./parts/states";
import { de as suv } from "./parts/suv";
import { de as view } from "./parts/view";

export const de = { ...fidelity, ...imageNotes, ...keys, ...measure, ...page, ...problems, ...screen, ...screenTools, ...settings, ...states, ...suv, ...view };
