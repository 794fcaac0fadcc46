"""One page of paper for the demonstration's attachments: a PDF that says that it is a sample."""

from __future__ import annotations

from collections.abc import Sequence

_SAMPLE = "演示样本，不是真实证件"
#: Readers bring a font for Chinese themselves when it is named so.
_FONT = b"""<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H
/DescendantFonts[5 0 R]>>"""
_GLYPHS = b"""<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light
/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/FontDescriptor 6 0 R>>"""
_MEASURES = b"""<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[0 -200 1000 900]
/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 80>>"""
_PAGE = b"""<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 595]/Contents 7 0 R
/Resources<</Font<</F1 4 0 R>>>>>>"""


def one_page(title: str, lines: Sequence[str]) -> bytes:
    """A PDF of one A5 page with a title and some lines."""
    shown = [(18, title), (11, _SAMPLE), *((12, line) for line in lines)]
    text = b"".join(
        b"/F1 %d Tf 0 -26 Td <%s> Tj " % (size, line.encode("utf-16-be").hex().encode())
        for size, line in shown
    )
    stream = b"BT 40 540 Td " + text + b"ET"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        _PAGE,
        _FONT,
        _GLYPHS,
        _MEASURES,
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
    )
    page = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(page))
        page += b"%d 0 obj%s\nendobj\n" % (number, content)
    start = len(page)
    page += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    page += b"".join(b"%010d 00000 n \n" % place for place in places)
    page += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(page)
