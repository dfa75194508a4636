/** English, in the bundle: it says which keys there are. */
import { en as fidelity } from "./parts/fidelity";
import { en as imageNotes } from "./parts/imageNotes";
import { en as keys } from "./parts/keys";
import { en as measure } from "./parts/measure";
import { en as page } from "./parts/page";
import { en as problems } from "./parts/problems";
import { en as screen } from "./parts/screen";
import { en as screenTools } from "./parts/screenTools";
import { en as settings } from "./parts/settings";
import { en as states } from "./parts/states";
import { en as suv } from "./parts/suv";
import { en as view } from "./parts/view";

export const en = { ...fidelity, ...imageNotes, ...keys, ...measure, ...page, ...problems, ...screen, ...screenTools, ...settings, ...states, ...suv, ...view } as const;
