"""A workbook as bytes, the same for the same content: no clock and no order of a set gets into it."""

import datetime
import io
import re
import zipfile

from openpyxl import Workbook

EPOCH = (1980, 1, 1, 0, 0, 0)
"""Time of every member; the earliest that ZIP knows."""
MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(<)")


def pack(workbook: Workbook, *, date: datetime.date) -> bytes:
    """The bytes of a workbook whose properties say that it was made on a date."""
    made = datetime.datetime(date.year, date.month, date.day)
    workbook.properties.creator = "Millwright"
    workbook.properties.created = made
    written, packed = io.BytesIO(), io.BytesIO()
    workbook.save(written)
    stamp = f"{made.isoformat()}Z".encode()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            content = source.read(name)
            if name == "docProps/core.xml":
                content = MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", content)
            member = zipfile.ZipInfo(name, EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o600 << 16
            target.writestr(member, content)
    return packed.getvalue()
