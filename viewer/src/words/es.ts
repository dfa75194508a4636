/** Spanish. */
import { es as fidelity } from "./parts/fidelity";
import { es as imageNotes } from "./parts/imageNotes";
import { es as keys } from "./parts/keys";
import { es as measure } from "./parts/measure";
import { es as page } from "./parts/page";
import { es as problems } from "./parts/problems";
import { es as screen } from "./parts/screen";
import { es as screenTools } from "./parts/screenTools";
import { es as settings } from "./parts/settings";
import { es as states } from "./parts/states";
import { es as suv } from "./parts/suv";
import { es as view } from "./parts/view";

export const es = { ...fidelity, ...imageNotes, ...keys, ...measure, ...page, ...problems, ...screen, ...screenTools, ...settings, ...states, ...suv, ...view };
