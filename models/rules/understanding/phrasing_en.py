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
_SIGN_UP_LOOSE = (
    rf"\b(?:{_SIGN_UP}|signing up|registration|put (?:me|us) down|book\b|reserve|count me in|im in$"
    r"|(?:get|grab|save) (?:me )?a (?:seat|spot|place)|take part|participate|attend|i want to go)\b"
)
_CANCEL = (
    r"\b(?:cancel+(?:l?ing)?|cant (?:make|come|go|attend)|cannot (?:make|come|go|attend)"
    r"|(?:im |am |are )?not (?:coming|going|attending)|wont (?:make|come|be)|drop me|drop out"
    r"|withdraw|give up my|no longer (?:coming|going)|take me off|remove me from|unregister"
    r"|leave (?:the )?queue|call off my)\b"
)
_TEAM = r"teams?|clubs?|groups?|squads?|crews?|society|societies"
_KINDS = "reminders|announcements|news|free seats|offers|changes|answers"
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
        r"\bwho (?:has )?(?:signed|registered|is coming)|how many (?:people )?(?:have "
        r")?(?:signed|are coming)"
        r"|attendee|my published events|events i (?:run|organi[sz]e)|manage (?:my )?events?",
    ),
    Rule(
        Intent.EDIT_EVENT,
        r"\b(?:edit|correct|fix) (?:my |the |this |an? )?(?:event|title|description)"
        r"|\bchange (?:the |my )?(?:events? )?(?:title|description|picture)\b"
        r"|(?:typo|mistake) in (?:the |my )?(?:event|title|description)",
    ),
    Doubt(
        r"\b(?:my (?:friend|wife|husband|mate|colleague|brother|sister)|he|she|they|"
        r"someone|somebody)\b"
        r".*\b(?:sign|signed|cancel\w*|regist\w+|join\w*)\b"
        r"|\bif\b.*\b(?:cancel\w*|sign)\b|\b(?:is|was|are|will|has|why|did)\b.*\bcancel+ed\b"
        r"|\bwill\b.*\bcancel\b|\bwhy\b.*\bcancel",
        (Intent.MINE, Intent.EVENTS, Intent.CANCEL),
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
        r"^(?!.*\b(?:cancel|drop|leave)).*\bmy (?:sign ?ups?|bookings?|registrations?|"
        r"reservations?|events?|teams?|seats?)$|what (?:did|have|am) i "
        r"(?:sign|book|regist|signed|booked)|\bam i (?:in|signed|registered|booked|going)\b"
        r"|did (?:i|my) (?:get|sign|registration|sign ?up|booking|it)|^mine$|where am i in "
        r"the (?:queue|line)"
        r"|i (?:have )?signed up (?:for|to)$|which (?:events|teams) am i|^my (?:stuff|things)$"
        r"|my place in the (?:queue|line)|what(?:s| is) my (?:number|place)|have i (?:signed|got)",
    ),
    Rule(
        Intent.NO,
        rf"\b{_NOT}\b (?:want to |wanna |want |to |like to |me |please )*(?:{_SIGN_UP}|"
        rf"signing|registering|register|book|join)",
    ),
    Rule(
        Intent.QUIET,
        r"\bquiet|do not disturb|dont disturb|\bdnd\b|\b(?:no|not|dont|stop|"
        r"never)\b.*(?:night|evening|morning|asleep|sleep)"
        r"|be silent|\bsilent|\bmute\b|too (?:loud|noisy)|wake me|after (?:my )?night shift",
    ),
    Rule(
        Intent.SUBSCRIBE,
        r"\b(?:resubscribe|subscribe|re-subscribe)\b|(?:back|on again|again).*\b(?:notices|"
        r"messages|notifications|news)"
        r"|\b(?:turn|switch) (?:the )?(?:notices|messages|notifications) (?:back )?on|"
        r"(?:notices|messages|notifications) (?:back )?on"
        r"|(?:want|get|have|send me) (?:\w+ )?(?:notices|messages|notifications) again|"
        r"sign me back up",
        plain=r"(?:re-?)?subscribe(?: me)?",
    ),
    Rule(Intent.REMINDERS, r"\bremind\w*|\balarm"),
    Rule(
        Intent.STOP,
        r"\bunsubscribe|\bopt out|\bstop\b|\b(?:no|fewer) (?:more )?(?:messages|notices|"
        r"notifications|texts|spam)"
        r"|(?:dont|do not) (?:\w+ )?(?:text|message|send|write|notify|contact|spam)|\bspam|"
        r"leave me alone"
        r"|turn (?:the )?(?:notices|messages|notifications) off|turn off|too many "
        r"(?:messages|notices|texts)",
        plain=r"(?:unsubscribe(?: me)?|opt out)",
    ),
    Rule(
        Intent.PRIVACY,
        r"\bprivacy|\b(?:delete|erase|remove|forget|wipe)\b.*\b(?:me|data|account|info\w*|"
        r"everything|profile)\b"
        r"|what (?:do|data|info\w*|have) you (?:know|store|keep|have|saved|stored)|\bmy "
        r"data\b|personal data|\bgdpr\b"
        r"|(?:boss|employer|company|factory|manager)\b.*\b(?:see|know|read)|(?:export|download) my",
    ),
    Rule(
        Intent.LANGUAGE,
        r"\blanguage\b(?! (?:class|course|corner|team|club))"
        r"|\b(?:speak|change|switch|use|in|talk|write|set)\b.*\b(?:english|chinese|"
        r"mandarin)$|^(?:english|chinese)(?: please| pls)?$",
        plain=r"(?:speak|switch to|change to|use|in|language)?\s*(?P<words>english|chinese)",
    ),
    Rule(
        Intent.WHO_AM_I,
        r"\bwho am i\b|what(?:s| is) my name|do you know (?:me|who i am)|^my name$|what do "
        r"you call me",
    ),
    Rule(
        Intent.PROFILE,
        r"\bprofile|\bsettings?\b|change my (?:name|place|town|company|shift|interests?|"
        r"details|info)"
        r"|\bmy (?:details|interests|shift|account)\b|i(?:ve)? (?:moved|changed (?:jobs?|"
        r"company|companies|factory|shift))"
        r"|im (?:now )?on (?:the )?(?:night|day)s?(?: shift)?|new (?:job|company)$|call "
        r"me\b|edit (?:my )?(?:info|details)",
    ),
    Rule(
        Intent.WISH,
        r"\bwish|\bsuggest\w*|\bcomplain\w*|\bfeedback|\bidea\b|(?:would|it) be (?:nice|"
        r"good|great) (?:if|to have)|\bneed help with"
        r"|tell the (?:union|organi[sz]ers?)|why (?:dont|cant) (?:you|we|they) have|\bproposal",
    ),
    Rule(
        Intent.ANNOUNCE,
        r"\bannounce\w*|\bbroadcast|(?:send|write) (?:a |an )?(?:message|notice|text) to "
        r"(?:everyone|everybody|all|the team|members)"
        r"|(?:tell|notify) (?:everyone|everybody|all)",
    ),
    Rule(
        Intent.PUBLISH,
        r"\b(?:publish|organi[sz]e|create|host|set up|start|make|add|post|arrange|run|"
        r"hold)\b(?: \w+){0,3} (?:event|match|lecture|course|activity|workshop|contest)\b|"
        r"new event",
    ),
    Rule(
        Intent.LEAVE,
        rf"\b(?:leave|quit|exit|get out of)\b(?!.*\b(?:seat|event|"
        rf"queue)\b).*(?:\b(?:{_TEAM})\b|\bgroup\b)|^(?:leave|quit)\b",
        plain=rf"(?:leave|quit){_NAME}(?: (?:team|club|group))?",
    ),
    Rule(
        Intent.JOIN,
        rf"\bjoin(?:ing)?\b|(?:get into|become (?:a )?member|add me to|be in)\b.*\b(?:{_TEAM})?",
        plain=rf"join{_NAME}(?: (?:team|club|group))?",
    ),
    Rule(Intent.CANCEL, _CANCEL, plain=rf"cancel{_NAME}"),
    Rule(
        Intent.SIGN_UP,
        r"\b(?:any|are there|is there)\b.*\b(?:seats?|places?|spots?|room|tickets?)\b.*|"
        r"still (?:free|open|space|room)",
        how=True,
    ),
    Rule(Intent.SIGN_UP, _SIGN_UP_LOOSE, plain=rf"(?:{_SIGN_UP}|signup|sign-up){_NAME}"),
    Rule(
        Intent.SIGN_OUT,
        r"\b(?:sign|log) ?(?:me )?out\b|someone else (?:wants to|will|to) use|another person",
    ),
    Rule(
        Intent.LINK,
        r"\b(?:new|other|another|lost my|changed my) phone\b|\blog ?in\b"
        r"|\b(?:link|connect|merge|join) (?:my )?(?:accounts?|chats?|wechat|telegram)\b|\bsync\b",
    ),
    Rule(Intent.CALENDAR, r"\bcalendar|\bics\b|\bical\b"),
    Rule(
        Intent.HELP,
        r"\bhelp\b|how (?:does|do) (?:this|it|i use|you)|what can (?:you|i) do(?: here)?$|"
        r"what(?:s| is) this|who are you|what are you"
        r"|\bcommands?\b|\binstructions?|\bmanual\b|how to use|i dont (?:understand|get "
        r"it)|\bhuman\b|real person|\bconfused",
    ),
    Rule(Intent.MENU, r"\bmenu\b|^(?:home|back|start|start over|go back|main page)$"),
    Rule(
        Intent.TEAMS,
        rf"\b(?:{_TEAM})\b|(?:people|someone|somebody|partners?|mates|anyone) (?:to|for|"
        rf"who)\b|make friends|together",
    ),
    Rule(
        Intent.EVENTS,
        r"\bevents?\b|\bactivit(?:y|ies)\b|what(?:s| is) (?:on|up|there|happening|going on|"
        r"new)\b|\bhappening|anything (?:on|fun|to do|happening|going)"
        r"|(?:things|stuff|something|what) (?:can (?:i|we) )?(?:to )?(?:do|see)\b|whats "
        r"there|\bcourses?\b|\bclass(?:es)?\b|\blectures?\b|\bworkshops?|\btraining|"
        r"\bprogram\w*"
        r"|\bmatch(?:es)?\b|\bcontests?|\bupcoming|\bschedule|\bbored\b|learn (?:to )?\w+|"
        r"^(?:is there|are there|any)\b|\btours?\b|\btrips?\b|^(?:show|list|find)\b",
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
    Intent.MENU: "menu|start|home",
    Intent.QUIET: "quiet|quiet hours",
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
