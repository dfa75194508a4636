"""The display's proof: real files through the real path, against oracles not ours.

A case is (file, view). Its picture comes from Chromium by readPixels, from PyOpenGL
and from numpy, and is compared with what the oracles say of the same file.
"""
