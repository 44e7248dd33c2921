"""The words of shares: how a text says who mines, refines, buys, relies, leads, cuts."""

import re

STAGES = {
    "mine": re.compile(
        r"\b(?:mine[sd]?|mining|ores?|extract\w*|dig\w*|dug|unearth\w*|concentrates?|raw)\b", re.I
    ),
    "refine": re.compile(
        r"\b(?:refin\w*|process(?:es|ed|ing|ors?)?|smelt\w*|separat(?:es|ed|ing|ion|e)|purif\w*)\b", re.I
    ),
    "component": re.compile(r"\b(?:magnets?|anodes?)\b", re.I),
}
DEMAND = re.compile(
    r"\b(?:demand|consum(?:e|es|ed|ption|ing)|usage)\b|\bus(?:e|es|ed)\s+(?:\w+\s+)?of\s+(?:the\s+)?(?:world|global)",
    re.I,
)
RESERVES = re.compile(r"\b(?:reserves?|deposits?)\b(?!\s+(?:bank|system))", re.I)
RECYCLE = re.compile(r"\brecycl\w*", re.I)
TARGET = re.compile(
    r"\b(?:benchmarks?|targets?|goals?|aims?|must|should|act\b|crma|no more than|"
    r"not more than|at least|by 2030|cap(?:s|ped)?|limit\w*|"
    r"require[sd]?|sets?)\b",
    re.I,
)
RELY = re.compile(
    r"\b(?:rel(?:y|ies|ied|ying|iant|iance)|depend(?:s|ed|ent|ence|ency|ing)?|beholden)\b", re.I
)
BUY = re.compile(
    r"\b(?:import(?:s|ed|ing)?|sourc(?:e|es|ed|ing)|buys?|bought|purchas\w+|gets?|got|obtain\w*)\b", re.I
)
COME = re.compile(
    r"\b(?:com(?:e|es|ing)|came|supplied|provided|originat\w+|bought|sourced|imported|arrives?)\s+(?:\w+\s+)?(?:from|by)\b",
    re.I,
)
SUPPLY = re.compile(
    r"\b(?:suppl(?:y|ies|ied|ying)|provid(?:e|es|ed|ing)|ship(?:s|ped)?|sells?|sold|export(?:s|ed)?)\b", re.I
)
OUTPUT = re.compile(
    r"\b(?:produc\w*|output|suppl(?:y|ies|ied)|account(?:s|ed|ing)?\s+for|control(?:s|led|ling)?|command(?:s|ed)?|dominat\w*|hold(?:s|ing)?|"
    r"mak(?:e|es|ing)|made|share|capacity|market|responsible\s+for|represent(?:s|ed)?|contribut\w+|world[’']?s?|global(?:ly)?|worldwide)\b",
    re.I,
)
RANK = re.compile(
    r"\b(?:(?P<n>second|third|fourth|fifth|2nd|3rd|4th|5th)[\s-])?(?P<r>largest|biggest|leading|top|dominant|main|number[\s-]one|no\.?\s?1|"
    r"foremost|premier|principal|sole|only)\s+(?:\w+[\s-]){0,4}?(?P<w>producer|miner|refiner|processor|smelter|supplier|exporter|maker|source|"
    r"consumer|user|importer|buyer|holder|reserves)s?\b",
    re.I,
)
LEADS = re.compile(
    r"\b(?:lead(?:s|ing)?|dominat\w*|top(?:s)?|control\w*|command\w*|largest|biggest|first|ranks?\s+first|number\s+one)\b",
    re.I,
)
DOMINATES = re.compile(
    r"\b(?:dominat(?:es|ed|e)|dominance|(?:near-?)?monopol\w+|stranglehold|chokehold|controls?\s+most|leads\s+the\s+world)\b",
    re.I,
)
HEAVILY = re.compile(
    r"\b(?:heavily|largely|mostly|mainly|overwhelmingly|highly|strongly|almost\s+(?:entirely|wholly|completely)|exclusively|near-total|"
    r"primarily|critically)\b",
    re.I,
)
CHANGE = re.compile(
    r"\b(?:ros(?:e|en)|rise[sn]?|fell|fall(?:s|en)?|grew|grow\w*|increas\w+|decreas\w+|dropp\w+|cut|reduc\w+|declin\w+|climb\w+|up|down)\b",
    re.I,
)
HEDGE = re.compile(
    r"\b(?:expect(?:s|ed|ing)?|predict\w*|aspir\w*|could|might|may|would|will|expected\s+to|forecast\w*|project(?:s|ed)\s+to|likely\s+to|set\s+to|plans?\s+to|hop(?:es?|ing)\s+to|"
    r"aim(?:s|ing)?\s+to|potential(?:ly)?|estimates?\s+it\s+will|if|call(?:s|ed)?\s+for)\b",
    re.I,
)
CUTS = re.compile(
    r";|,?\s+(?:while|whereas|but|although|though|compared\s+with|versus)\s+|\s[—–-]\s|,\s+and\s+(?=[A-Z])|—",
    re.I,
)
ON = re.compile(r"\b(?:on|upon|from|by)\s+(?:the\s+)?$", re.I)
PRONOUN = re.compile(
    r"\b(?:the\s+(?:Asian|European|African|North\s+American|island)?\s*(?:country|nation|bloc)|it|its|they|their)\b",
    re.I,
)
THESE = re.compile(
    r"\b(?:them|these|those|it|the\s+(?:metals?|minerals?|elements?|materials?|commodity|supply|total|market))\b",
    re.I,
)
AVERAGE = re.compile(r"\baverage\b|\bon average\b|\bmean\b", re.I)
RELY_OR_BUY = re.compile(rf"{RELY.pattern}|\b(?:imports?|imported|sources|buys|bought|gets|got)\b", re.I)
NET_IMPORT = re.compile(
    r"\brel(?:y|ies|ied|iant)\s+(?:\w+\s+)?on\s+(?:foreign\s+)?imports\b|\bimport[\s-](?:relian\w+|depend\w+)|\bnet\s+imports?\b|\bimports?\s+(?:all|100)\b|\brelian\w+\s+on\s+imports?\b",
    re.I,
)
OTHER_SHARE = re.compile(
    r"\b(?:tariff\w*|dut(?:y|ies)|stake|interest|shares?\s+in|prices?|cost\w*|profit\w*|revenue\w*|royalt\w*|tax\w*|GDP|vote\w*)\b"
)
OF_STAGE = re.compile(
    r"\s*(?:of\s+)?(?:(?!and\b)[\w’'-]+\s+){0,5}?(?:mining|refining|processing|smelting|separation|ores?)\b",
    re.I,
)
ELSEWHERE = re.compile(r"\s*(?:[\w-]+\s+){0,3}?(?:outside|besides|except|other\s+than|after)\b", re.I)
"""A rank among the others only."""
REGIONAL = re.compile(r"(?<!\bworld)(?<!\bglobe)[’']s\s+(?:\w+\s+)?$", re.I)
"""A rank within a region or country."""
CHANGED = re.compile(
    r"\b(?:ros(?:e|en)|fell|fallen|grew|grown|increas\w+|decreas\w+|dropp?\w*|declin\w+|climb\w+|jump\w+|surg\w+|plung\w+|slump\w+|soar\w+|"
    r"gain\w*|up|down|(?:cut|reduc|rais|slash|expand)\w*\s+(?:[\w’'-]+\s+){0,10}?by)\s+(?:by\s+)?(?:more\s+than\s+|about\s+|around\s+|over\s+|"
    r"nearly\s+|almost\s+|some\s+|roughly\s+|at\s+least\s+)?$",
    re.I,
)
"""A share that tells how much something changed."""
DENIED = re.compile(
    r"\b(?:(?:do|does|did|is|are|was|were|has|have)(?:\s+not|n[’']t)\b(?!\s+(?:only|just|merely))|untrue|not\s+true|false(?:ly)?|wrongly|myth|"
    r"incorrect\w*|mistaken\w*|denie[sd]|contrary\s+to)",
    re.I,
)
LAW = re.compile(r"\bcritical raw materials act\b|\bCRMA\b", re.I)
JOINED = re.compile(r"[,;]?\s+(?:and|but|while|whereas)\s+(?:the\s+)?\Z", re.I)
VERB = re.compile(
    r"\s+(?:\w+ly\s+|still\s+|now\s+|also\s+)?(?:relies|rely|relied|depends?|depended|refines?|refined|mines|mined|produces?|"
    r"produced|makes?|made|process(?:es|ed)?|accounts?|accounted|holds?|held|supplies|supplied|imports?|imported|gets?|got|"
    r"controls?|controlled|dominates?|has|had|uses?|used)\b",
    re.I,
)
BENCHMARK = re.compile(r"\b(?:by\s+(?:the\s+end\s+of\s+)?20[23]\d|act|crma|benchmarks?|targets?)\b", re.I)
TOGETHER = re.compile(
    r"\s*(?:together|combined|between\s+them|jointly|they|these|those|"
    r"the\s+(?:countries|nations|group|participants|members))\b",
    re.I,
)
