"""What changes a picture, through a real Orthanc and from the files: the same nouns.

Orthanc gives tables, palettes and profiles as bulk data, so every one of them is
fetched here.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from orthanc_server import running_orthanc

from smart_viewer.archive.dicomweb import DicomwebArchive
from smart_viewer.archive.folder import FolderArchive
from smart_viewer.archive.indexing import index_folder
from smart_viewer.archive.port import InstanceRef
from smart_viewer.dicom.study import Instance
from smart_viewer.errors import NotInStandard
from smart_viewer.net.outbound import Outbound
from smart_viewer.net.policy import HostPolicy, origin_of
from smart_viewer.settings import DicomwebProfile

pytestmark = pytest.mark.debian

FILES = [
    "us_palette16_big_endian/gdcm-US-ALOKA-16_big.dcm",  # segmented, big endian
    "pydicom_data_misc/OBXXXX1A.dcm",  # palette, regions
    "pydicom_data_misc/mlut_18.dcm",
    "pydicom_data_misc/vlut_04.dcm",
    "xr_dental_modality_lut/CR-ModalitySequenceLUT.dcm",
    "overlay_mr_siemens/MR-SIEMENS-DICOM-WithOverlays.dcm",
    "gsps_overlay_pair/overlay.dcm",  # embedded ones too
    "highdicom_seg_sr_sm/sm_image.dcm",  # profile of an optical path
    "highdicom_seg_sr_sm/dx_image.dcm",
    "us_cine_stress_echo/I_000007.dcm",
    "xa_cath_75frames/I_000000.dcm",
    "fo_dicom_misc/GH1308.dcm",
    "dicomdir_pydicom/CR1/6154",
]


@dataclass(frozen=True)
class Pair:
    """Two archives over the same files, by reference: instances of both."""

    orthanc: DicomwebArchive
    folder: FolderArchive

    def instances(self) -> Iterator[tuple[InstanceRef, Instance, Instance]]:
        for header in self.folder.study_headers():
            uid = header.found.study_instance_uid
            local, remote = _by_ref(self.folder, uid), _by_ref(self.orthanc, uid)
            assert local.keys() == remote.keys()
            for ref, instance in local.items():
                yield ref, instance, remote[ref]


def _by_ref(
    archive: DicomwebArchive | FolderArchive, study_uid: str
) -> dict[InstanceRef, Instance]:
    return {
        InstanceRef(study_uid, s.series_instance_uid, i.sop_instance_uid): i
        for s in archive.study(study_uid).series
        for i in s.instances
    }


@pytest.fixture(scope="module")
def pair(
    need: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    data, program = need("data"), need("orthanc")
    petct = sorted((data / "petct_acrin_nsclc_042" / "PETAC_081015").glob("*"))[:2]
    mosaic = sorted((data / "mr_mosaic_siemens").glob("*.dcm"))[:1]
    copies = tmp_path_factory.mktemp("files")
    for number, file in enumerate([*(data / one for one in FILES), *petct, *mosaic]):
        shutil.copyfile(file, copies / f"{number:04d}.dcm")
    index = tmp_path_factory.mktemp("index") / "index.db"
    index_folder(copies, index)
    state = tmp_path_factory.mktemp("orthanc")
    with running_orthanc(program, state, sorted(copies.iterdir())) as url:
        profile = DicomwebProfile(
            id="images", kind="dicomweb", base_url=url, flavour="orthanc"
        )
        policy = HostPolicy(frozenset({origin_of(url)}), loopback_allowed=True)
        folder = FolderArchive("images", index)
        yield Pair(DicomwebArchive("images", profile, Outbound(policy)), folder)
        folder.close()


def of_the_picture(instance: Instance) -> Instance:
    """Without the syntax: Orthanc sends big endian as little endian."""
    return replace(instance, transfer_syntax_uid="")


def test_every_attribute_is_the_same_from_both_archives(pair):
    compared = list(pair.instances())

    for _, local, remote in compared:
        assert of_the_picture(remote) == of_the_picture(local)
    assert len(compared) == len(FILES) + 3


def test_the_files_hold_what_they_were_chosen_for(pair):
    found = [local for _, local, _ in pair.instances()]
    looks = [one.appearance for one in found]

    assert sum(look.palette is not None for look in looks) == 2
    assert sum(one.modality_lut is not None for one in found) == 2
    assert sum(bool(one.voi_luts) for one in found) == 1
    assert sum(bool(look.icc_profile) for look in looks) == 1
    assert sum(bool(look.suv) for look in looks) == 2
    assert sum(one.mosaic is not None for one in found) == 1
    assert sum(len(look.overlays) for look in looks) == 5


def test_overlay_bits_are_the_same_to_the_byte(pair):
    compared = 0
    for ref, local, _ in pair.instances():
        for plane in local.appearance.overlays:
            if plane.bit:
                with pytest.raises(NotInStandard):
                    pair.orthanc.overlay(ref, plane.group)
                continue
            bits = pair.folder.overlay(ref, plane.group)
            assert len(bits) * 8 >= plane.rows * plane.columns
            assert pair.orthanc.overlay(ref, plane.group) == bits
            compared += 1
    assert compared == 3
