"""The words of acts: how a text says who restricts, lifts, threatens, agrees, meets, belongs."""

import re

ACT = "Critical Raw Materials Act"
CONTROL = re.compile(
    r"\b(?:blacklist\w*|list(?:s|ed)\s+(?:[\w-]+\s+){0,3}?(?:entities|companies|firms)|tighten(?:s|ed|ing)?|export\s+(?:regime|rules|controls?|bans?|curbs?|restrictions?|licen[cs]\w+|quotas?|limits?|dut(?:y|ies)|halt)|(?:strict\w*|new|tough\w*|sweeping)\s+"
    r"(?:export\s+)?(?:controls?|curbs?|restrictions?)|controls?\s+on|curbs?\s+on|curb(?:s|bed)\s+(?:exports|shipments)|restrict(?:s|ed|ing|ions?)|"
    r"ban(?:s|ned|ning)?|embargo\w*|halt(?:s|ed|ing)?|suspend(?:s|ed|ing)?|suspension|cut(?:s|ting)?\s+off|block(?:s|ed|ing)?|"
    r"stopp(?:ed|ing)|bar(?:s|red|ring)\b|prohibit(?:s|ed|ing)?|licen[cs](?:e|es|ed|ing)\b|permits?\b|quotas?)",
    re.I,
)
TRADE_WORDS = re.compile(
    r"\b(?:export\w*|shipment\w*|suppl(?:y|ies)|sales|sell|deliver\w*|controls?|curbs?|restrict\w*|ban|bans|banned|quota\w*|embargo|licen[cs]\w+|ship|entities|blacklist\w*|buy(?:s|ing)?|purchas\w+|trade)\b",
    re.I,
)
LIFTED = re.compile(
    r"\b(?:ban|bans|controls?|curbs?|restrictions?|measures|rules|quotas?)\s+(?:[\w-]+\s+){0,4}?(?:suspended|paused|lifted|eased|shelved)\b|"
    r"\b(?:suspend\w*|suspension\s+of|paus\w+|lift(?:s|ed|ing)?|eas(?:e|es|ed|ing)|remov\w+|end(?:s|ed)|roll(?:s|ed)?\s+back|truce)\b(?:\W+[\w-]+){0,8}?\W+"
    r"(?:ban|bans|controls?|curbs?|restrictions?|measures|licen[cs]ing|rules|quotas?)\b",
    re.I,
)
THREAT = re.compile(
    r"\b(?:threat(?:en(?:s|ed|ing)?|s)?|warn(?:s|ed|ing)?|caution(?:s|ed|ing)?|vow(?:s|ed)?|signal(?:s|led|ed)?|consider(?:s|ing|ed)?|mull(?:s|ing|ed)?|"
    r"weigh(?:s|ing|ed)?|(?:could|might|may)\s+(?:\w+\s+)?(?:impose|restrict|ban|cut|halt|curb|limit|weaponi[sz]e|block|stop))\b",
    re.I,
)
AGREE = re.compile(
    r"\b(?:sign(?:s|ed|ing)?|agree(?:s|d|ment)?|deal|pact|framework|memorand\w+|accord|treaty|partnership|sealed|struck|launch(?:es|ed)?|"
    r"alliance|initiative|action\s+plan|declaration)\b",
    re.I,
)
AGREED_ACT = re.compile(
    r"\b(?:entered\s+into|came\s+into|took\s+effect|sign(?:s|ed|ing)?|agreed|sealed|struck|concluded|reached|entered\s+into|inked|launched|announced|unveiled|adopted|joined)\b",
    re.I,
)
PACT = re.compile(
    r"\b(?:agreement|deal|pact|framework|memorand\w+|mou|accord|partnership|alliance|initiative|action\s+plan|declaration|arrangement|act\b)",
    re.I,
)
MEETING = re.compile(
    r"\b(?:meet(?:s|ing|ings)?|met|summit|talks|ministerial|conference|gather(?:s|ed|ing)?|dinner|table)\b",
    re.I,
)
MEMBERS = re.compile(
    r"\b(?:includ(?:e|es|ed|ing)|compris\w+|consist\w*|members?|attend\w*|join(?:s|ed|ing)?|participat\w+|ministers?\s+from|made\s+up\s+of|"
    r"represent\w*|composed\s+of|from\s+the|leaders\s+of|of\s+the)\b",
    re.I,
)
ONLY = re.compile(
    r"\b(?:the\s+)?(?:only|sole|lone)\s+(?:\w+\s+)?(?:country|nation|member|state|government|power)\b|\balone\s+(?:has|have|had)\b",
    re.I,
)
ACTED = re.compile(
    r"\b(?:act(?:ed|ion|ions)?|respond\w*|mov(?:e|ed)|invest\w*|steps?|diversif\w*|prepar\w*|reduc\w+|built|stockpil\w+)\b",
    re.I,
)
SILENT = re.compile(
    r"\b(?:(?:did|does|do|has|have|had)(?:\s+not|n[’']t)\s+(?:yet\s+)?(?:disclos\w*|nam\w+|specif\w+|reveal\w*|identif\w+|list\w*|say|said|detail\w*)|"
    r"without\s+(?:disclosing|naming|specifying|revealing|identifying|saying)|(?:undisclosed|unspecified|unnamed)\s+(?:minerals?|projects?|locations?|sites?))",
    re.I,
)
SILENT_OF = re.compile(
    r"\b(?:minerals?|metals?|projects?|mines?|locations?|sites?|where|which|places?)\b", re.I
)
JOINT = re.compile(
    r"\b(?:joint|common|concerted|collective)\s+(?:\w+\s+)?(?:action|statement|communiqu\w+|declaration|measures?)\b",
    re.I,
)
NONE_OF = re.compile(r"\b(?:no|not|unlikely|without|nor|neither|rul\w+\s+out)\b", re.I)
QUOTE = re.compile(r"[“\"]([^“”\"]{3,600})[”\"]")
SAID = re.compile(
    r"\b(?:said|says|saying|told|tells|stat(?:ed|es|ing)|explain(?:ed|s)|add(?:ed|s)|declar(?:ed|es)|according\s+to|call(?:ed|s)|insist(?:ed|s)|urg(?:ed|es)|"
    r"argu(?:ed|es)|warn(?:ed|s)|not(?:ed|es)|remark(?:ed|s)|present(?:ed|ation)|deliver(?:ed|s)\s+a|briefed|spoke|speech)\b",
    re.I,
)
USE = re.compile(
    r"\b(?:crucial|essential|vital|critical|needed|necessary|used|key|indispensable|component|components|ingredient|ingredients|go(?:es)?\s+into|"
    r"power(?:s)?|required|contain\w*|rely\s+on|depend\s+on|found\s+in|built\s+with|underpin\w*)\b",
    re.I,
)
FIGURATIVE = re.compile(
    r"\b(?:monopoly\s+with|army|weaponi[sz]\w*|chess|stranglehold|chokehold|wake-up\s+call|game[\s-]changer|gold\s+rush|new\s+oil|arms\s+race|"
    r"grow[’'”]*\s+metals|holy\s+grail|house\s+of\s+cards|the\s+stakes)\b",
    re.I,
)
SPECULATION = re.compile(r"\b(?:could|might|would|may|think|imagine|perhaps|breakthroughs?)\b", re.I)
WITH = re.compile(r"\b(?:with|between|among|and)\s+(?:the\s+)?$", re.I)
VERB = re.compile(r"\b(?:said|met|with|to|told|has|have|is|are|was|were|will|would|by|from)\b", re.I)
COMPRISES = re.compile(
    r"\b(?:includ\w+|compris\w+|consist\w*|members?|made\s+up|composed|are|namely)\b|:", re.I
)
