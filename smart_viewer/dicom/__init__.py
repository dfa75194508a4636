"""DICOM datasets and DICOM JSON become nouns here (PS3.3, PS3.18 Annex F)."""
