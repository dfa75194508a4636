"""Archives behind one door: the embedded folder now, DICOMweb next."""
