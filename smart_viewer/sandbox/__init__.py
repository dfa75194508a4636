"""A SMART EHR and phantoms for trying the viewer; imports nothing of ours."""
