"""Phrasings of requests in English; of several rules that fit, the first counts.

Texts come in small letters and without apostrophes: ``cant``, ``im``, ``whats``.
"""

import re

from models.rules.understanding.intents import Intent
from models.rules.understanding.phrasing import Doubt, Phrasing, Rule

_BEFORE = (
    r"(?:(?:hi|hey|hello|please|pls|plz|ok|can you|could you|can u|i want to|i wanna|i want|"
    r"id like to|i would like to|let me|just|kindly|yes|yeah)\s*)*+"
)
_AFTER = r"(?:\s*(?:please|pls|plz|thanks|thank you|thx|now|ok|asap|cheers))*+"
_NAME = (
    r"(?:\s+(?:for|to|in|on|the|my|from|team|club|group|event|number|no|a|an|"
    r"#))*(?:\s+(?P<words>(?!(?:not|if|or|and|but)\b)[\w :-]{1,40}?))?"
)

_SIGN_UP = r"sign ?(?:me |us )?up|register(?: me)?|enrol+(?: me)?"
_SIGN_UP_LOOSE = rf"\b(?:{_SIGN_UP}|put me down|book\b|im in$|save (?:me )?a spot|attend)\b"
_CANCEL = (
    r"\b(?:cancel+(?:l?ing)?|cant come|cannot make|(?:im )?not (?:coming|going)|wont be|drop me"
    r"|drop out|no longer coming|unregister)\b"
)
_TEAM = r"teams?|clubs?|groups?|squads?|crews?|society|societies"
_KINDS = "reminders|announcements|news|free seats|offers|changes|answers|figures"
_NOT = r"(?:dont|do not|did not|didnt|not|never|no need to|wasnt|stop)"

RULES: tuple[Rule | Doubt, ...] = (
    Rule(Intent.WISH, r"^wish\s*[:,]?\s+(?!to\b)(?P<words>.+)$", certain=True),
    Rule(Intent.QUIET, r"^quiet(?: hours)?\s+(?P<words>\d[\d: ,;-]+)$", certain=True),
    # One kind of message alone.
    Rule(
        Intent.STOP,
        r"^(?:stop|no more|unsubscribe(?: from)?)\s+(?P<words>" + _KINDS + ")$",
        certain=True,
    ),
    Rule(
        Intent.SUBSCRIBE,
        r"^(?:subscribe(?: to)?|resubscribe(?: to)?)\s+(?P<words>" + _KINDS + ")$",
        certain=True,
    ),
    Rule(
        Intent.MY_EVENTS,
        r"\bwho (?:has )?(?:signed|registered|is coming)|how many (?:people )?(?:have )?signed"
        "|events i organi[sz]e|manage (?:my )?events?",
    ),
    Rule(
        Intent.EDIT_EVENT,
        r"\bedit (?:my )?event|\bchange (?:the )?(?:events? )?title\b|typo in (?:the )?event",
    ),
    Doubt(
        r"\b(?:my (?:friend|wife|husband|mate|colleague|brother|sister)|he|she|they|"
        r"someone|somebody)\b"
        r".*\b(?:sign|signed|cancel\w*|regist\w+|join\w*)\b"
        r"|\bif\b.*\b(?:cancel\w*|sign)\b|\bwhy\b.*\bcancel"
        r"|\bmy (?:sign.?up|seat|place|booking|registration)\b.*\bcancel",
        (Intent.MINE, Intent.EVENTS, Intent.CANCEL),
    ),
    Rule(
        Intent.WHO_MAY,
        r"\b(?:can|may|could) (?:i|we) bring(?: along)? (?:my |a |our |some )?"
        r"(?:kids?|child(?:ren)?|son|daughter|bab(?:y|ies)|wife|husband|partner|famil(?:y|ies)|friends?)\b",
    ),
    Rule(
        Intent.IS_ON,
        r"\b(?:is|was|are|will|has|did)\b.*\bcancel+ed\b|\bwill\b.*\bcancel\b",
    ),
    Doubt(
        rf"(?:{_SIGN_UP}|join|register|book).*\b(?:and|then|but|,)\b.*(?:cancel|drop|leave)"
        rf"|(?:cancel|drop|leave).*\b(?:and|then|but|,|instead)\b.*(?:{_SIGN_UP}|join|"
        rf"register|book)",
        (Intent.MINE, Intent.SIGN_UP, Intent.CANCEL),
    ),
    Rule(
        Intent.MINE,
        rf"\b{_NOT}\b (?:\w+ ){{0,2}}?(?:cancel|drop|remove|withdraw)",
    ),
    Rule(
        Intent.MINE,
        r"^(?!.*\b(?:cancel|drop|leave)).*\bmy (?:events?|teams?)$|what did i sign|\bam i (?:in"
        r"|going)\b|did i get|where am i in the queue|i (?:have )?signed up for$"
        "|which events am i|^my stuff$|my place in the queue|whats my number|have i signed",
    ),
    Rule(
        Intent.NO,
        rf"\b{_NOT}\b (?:want to |wanna |want |to |like to |me |please )*(?:{_SIGN_UP}|"
        rf"signing|registering|register|book|join)",
    ),
    Rule(
        Intent.QUIET,
        r"\bquiet|do not disturb|\bdnd\b|\bdont\b.*morning|too loud",
    ),
    Rule(
        Intent.SUBSCRIBE,
        r"\b(?:re-?)?subscribe\b|back.*\bnotices|\bturn (?:the )?notices (?:back )?on"
        r"|notices (?:back )?on|want (?:\w+ )?notices again",
        plain=r"(?:re-?)?subscribe(?: me)?",
    ),
    Rule(
        Intent.STOP,
        r"\bunsubscribe|\bopt out|\bstop\b|\bno (?:more )?notices|(?:dont"
        r"|do not) (?:\w+ )?(?:send|write)|leave me alone|turn (?:the )?notices off|turn off"
        "|too many messages",
        plain=r"(?:unsubscribe(?: me)?|opt out)",
    ),
    Rule(
        Intent.PRIVACY,
        r"\bprivacy|\bremove\b.*\bme\b|what do you know|\bmy data\b|export my"
        r"|(?:boss|employer|company|factory|manager)\b.*\b(?:see|know|read)",
    ),
    Rule(
        Intent.LANGUAGE,
        r"\blanguage\b(?! (?:class|course|corner|team|club))"
        r"|\b(?:speak|in|use|(?:change|switch) to)\b.*\b(?:english|chinese|mandarin)$"
        "|^(?:english|chinese)(?: please)?$",
        plain=r"(?:speak|switch to|change to|use|in|language)?\s*(?P<words>english|chinese)",
    ),
    Rule(
        Intent.PROFILE,
        r"\bprofile|\bsettings?\b|change my name|\bmy details\b|i(?:ve)? changed jobs?"
        "|im (?:now )?on (?:the )?nights?(?: shift)?|new job$|edit (?:my )?info",
    ),
    Rule(
        Intent.WISH,
        r"\bwish|\bcomplain\w*|would be (?:nice|great) (?:if|to have)|tell the union"
        r"|why dont you have|\bproposal",
    ),
    Rule(
        Intent.ANNOUNCE,
        r"\bannounce\w*|\bbroadcast|send (?:a )?message to everyone|tell everyone",
    ),
    Rule(
        Intent.PUBLISH,
        r"\b(?:make|add|post)\b(?: \w+){0,3} (?:event|match|lecture)\b|new event",
    ),
    Rule(
        Intent.LEAVE,
        rf"\b(?:quit|exit|get out of)\b(?!.*\b(?:seat|event|queue)\b).*\b(?:{_TEAM})\b"
        r"|^(?:leave|quit)\b",
        plain=rf"(?:leave|quit){_NAME}(?: (?:team|club|group))?",
    ),
    Rule(
        Intent.JOIN,
        rf"\bjoin(?:ing)?\b|become (?:a )?member\b.*\b(?:{_TEAM})?",
        plain=rf"join{_NAME}(?: (?:team|club|group))?",
    ),
    Rule(Intent.CANCEL, _CANCEL, plain=rf"cancel{_NAME}"),
    Rule(Intent.SIGN_UP, _SIGN_UP_LOOSE, plain=rf"(?:{_SIGN_UP}|signup|sign-up){_NAME}"),
    Rule(
        Intent.SIGN_OUT,
        r"\b(?:sign|log) ?(?:me )?out\b|someone else wants to use",
    ),
    Rule(
        Intent.LINK,
        r"\bnew phone\b|\blog ?in\b|\blink (?:my )?accounts?\b",
    ),
    Rule(Intent.CALENDAR, r"\bics\b|\bical\b"),
    Rule(
        Intent.HELP,
        r"\bhelp\b|how does this|what can you do(?: here)?$|what(?:s| is) this|\bcommands?\b"
        r"|i dont understand|\bhuman\b",
    ),
    Rule(Intent.MENU, r"\bmenu\b|^home$"),
    Rule(
        Intent.TEAMS,
        rf"\b(?:{_TEAM})\b|somebody who\b",
    ),
    Rule(
        Intent.EVENTS,
        r"\bevents?\b|\bactivities\b|whats on\b|anything on|things (?:can i )?(?:to )?do\b"
        r"|\bclass(?:es)?\b|\bprogram\w*|\bmatch(?:es)?\b|^is there\b|\btours?\b|^show\b",
    ),
)

EXACT = {
    Intent.GREETING: (
        "hi|hello|hey|hey there|hi there|good morning|good evening|good afternoon|yo|hello "
        "there|hiya|morning"
    ),
    Intent.THANKS: (
        "thanks|thank you|thx|ty|tks|thank u|thanks a lot|thank you very much|cheers|many "
        "thanks|great thanks|ok thanks|thanks!|tysm"
    ),
    Intent.YES: (
        "yes|y|yep|yeah|yup|sure|ok|okay|k|fine|right|correct|of course|ok got it|got it|"
        "please do|yes please|alright|do it"
    ),
    Intent.NO: (
        "no|n|nope|nah|no thanks|no thank you|never mind|nevermind|not now|nvm|dont|later|"
        "forget it|not really|i dont agree|dont agree|disagree|i disagree|decline"
    ),
    Intent.EVENTS: "events|event|whats on|whats up|weekend|today|tonight|tomorrow",
    Intent.TEAMS: "teams|team|clubs",
    Intent.MINE: "mine|my sign ups|my signups",
    Intent.SIGN_UP: "sign up|sign me up|signup|sign-up|register",
    Intent.CANCEL: "cancel|cant make it|i cant make it|cant come|not going|im not going",
    Intent.HELP: "help|help me|sos",
    Intent.MENU: "menu|start|home|back|go back",
    Intent.QUIET: "quiet|quiet hours|mute",
}

# Hardly ever meant as anything else.
ALWAYS = ("cancel", "register", "unsubscribe")

# A slip in one of these is forgiven where nothing else is understood.
OFTEN = (
    "events event signup sign cancel register teams team unsubscribe subscribe privacy "
    "profile language badminton calendar remind reminder"
    " weekend tomorrow today tonight activities activity help menu settings quiet announce "
    "publish leave upcoming wish suggestion mine schedule"
)

# Words that look like a slip of one of the above and are none.
KNOWN = (
    "even evening every seven sing sang song wash with wine mind line fine nine tea term "
    "seam steam held hello heap men mean mental"
    " today heal hell sigh quite quit invent evens these this when what whats list show "
    "please mine signed tames team times ream dream lease cleave"
    " registered registers registering cancels canceled cancelled canceling cancelling "
    "unsubscribed unsubscribes"
)

PHRASING = Phrasing(
    rules=RULES,
    exact=EXACT,
    before=_BEFORE,
    after=_AFTER,
    how=re.compile(
        r"\bhow (?:do|can|to|does|would|should|could)\b|\bwhere (?:do|can|to)\b|\bcan i\b|"
        r"\bmay i\b|\bis it possible|\bam i able"
        r"|\bwhat happens if|\bcould i\b"
    ),
    doubts=re.compile(
        r"\b(?:if|maybe|might|he|she|they|friend|wife|husband|yesterday|because|but|or|why|not|dont"
        r"|never|no(?! \d)|nobody|what|failed|fails|broken|later|kidding|joking|problem|"
        r"mistake|button|deadline"
        r"|impossible|think|error|wrong|already)\b|,"
    ),
    lead=re.compile(
        r"^(?:(?:i|id|im|ive|we|me|us|my|our|you|u|your|want|wanna|would|like|love|to|"
        r"please|pls|plz|can|could|will|do|does|did|the|a|an|for|in|on|of|at"
        r"|show|tell|give|find|get|list|see|look|looking|any|anything|some|something|is|"
        r"are|there|what|whats|which|when|how|who|have|has|be|hi|hello|hey|ok|so|and|with|"
        r"about"
        r"|from|into|event|events|team|club|group|number|no|seat|place|spot|upcoming|up|"
        r"down|play|playing|it|that|this|sorry|let|just|still|also|free|open|out|all|near|"
        r"going|go|lets)(?:\s+|$))+"
    ),
    trail=re.compile(
        r"(?:(?:^|\s+)(?:please|pls|plz|thanks|thank|thx|you|u|now|asap|anymore|any|more|"
        r"sorry|then|for|to|me|us|event|events|activity|class|classes|course|courses|"
        r"lesson|lessons|team|teams|club|clubs|group|on|at|in|it"
        r"|the|a|my|is|are|there|up|do|seats?|spots?|places?|here|left|this|one|of|please|"
        r"from|happening|going|and|list|again|session))+$"
    ),
    play=re.compile(r"^(?:play(?:ing)?|learn(?:ing)?(?: to)?|do(?:ing)?) (?=\w)"),
    ordinal=re.compile(r"^(?:the )?(first|second|third|fourth|fifth|\d+(?:st|nd|rd|th))(?: one)?$"),
    always=ALWAYS,
    often=OFTEN,
    known=KNOWN,
)
