"""A small nomenclature of our own for tests: the structure is the Harmonized System's, the words are ours."""

from entrepot.domains.customs.types import NomenclatureRow

_TEXTS = {
    "VIII": ("", "Leather, bags and travel goods"),
    "42": ("VIII", "Articles of leather; travel goods, handbags"),
    "4202": ("42", "Trunks, suit-cases, rucksacks, travelling-bags, handbags and like containers"),
    "420292": ("4202", "Cases and containers; with outer surface of plastics or textile"),
    "420222": ("4202", "Handbags; with outer surface of plastics or textile"),
    "XI": ("", "Textiles"),
    "61": ("XI", "Clothing; knitted"),
    "6109": ("61", "T-shirts, singlets and vests; knitted"),
    "610910": ("6109", "T-shirts, singlets and vests; of cotton, knitted"),
    "610990": ("6109", "T-shirts, singlets and vests; knitted, of polyester and textiles other than cotton"),
    "6110": ("61", "Jerseys, pullovers and cardigans; knitted"),
    "611020": ("6110", "Jerseys, pullovers; of cotton"),
    "XIII": ("", "Stone, ceramics, glass"),
    "69": ("XIII", "Ceramic products"),
    "6911": ("69", "Tableware and kitchenware; of porcelain"),
    "691110": ("6911", "Tableware and kitchenware; of porcelain, teapots, plates"),
    "6912": ("69", "Tableware and kitchenware; of ceramic other than porcelain"),
    "691200": ("6912", "Tableware and kitchenware; of stoneware or other ceramic"),
}
_NOTES = {"6911": "Bone china counts as porcelain here."}

ROWS = tuple(
    NomenclatureRow(code, parent, "HS", "en", text, _NOTES.get(code, ""), "fixture")
    for code, (parent, text) in _TEXTS.items()
)
FILE = "code,parent,text,notes\n" + "".join(f'{row.code},{row.parent},"{row.text}",{row.notes}\n' for row in ROWS)
SCHEDULE = """HTS Number,Indent,Description
0101,0,"Live horses, asses:"
,1,Horses:
0101.21.00,2,<i>Purebred</i>
0101.30.00,1,Asses
9801.00.10,0,Goods returned
"""
