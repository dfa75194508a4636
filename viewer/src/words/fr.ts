/** French. */
import { fr as fidelity } from "./parts/fidelity";
import { fr as imageNotes } from "./parts/imageNotes";
import { fr as keys } from "./parts/keys";
import { fr as measure } from "./parts/measure";
import { fr as page } from "./parts/page";
import { fr as problems } from "./parts/problems";
import { fr as screen } from "./parts/screen";
import { fr as screenTools } from "./parts/screenTools";
import { fr as settings } from "./parts/settings";
import { fr as states } from "./parts/states";
import { fr as suv } from "./parts/suv";
import { fr as view } from "./parts/view";

export const fr = { ...fidelity, ...imageNotes, ...keys, ...measure, ...page, ...problems, ...screen, ...screenTools, ...settings, ...states, ...suv, ...view };
