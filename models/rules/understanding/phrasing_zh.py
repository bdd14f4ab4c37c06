"""Phrasings of requests in Chinese; of several rules that fit, the first counts."""

import re

from models.rules.understanding.intents import Intent
from models.rules.understanding.phrasing import Doubt, Phrasing, Rule

# Pieces

_BEFORE = (
    "(?:你好|您好|请问?|麻烦你?|帮我|帮忙|给我|帮|我们|我|也|要|想要|想|来|就|再|需要|那|嗯|唔该)*+"
)
_AFTER = "(?:了|啦|吧|啊|呀|哦|喔|哈|嘛|谢谢你?|一下|唔该|拜托)*+"
# A certain act holds no character of a doubt, a question or another person.
_NAME = (
    r"(?P<words>[^不没别吗么怎咋谁他她如会能问取退报\s][^不没别吗么怎咋谁他她如问取退报]{0,19}?)?"
)

_SIGN_UP = "报个名|报一?下名|报上?名(?!单)|预约|占个位|留个?位|订个?位|登记"
_SIGN_UP_LOOSE = (
    f"{_SIGN_UP}|参加|^{_BEFORE}报(?!告|表|销|警|纸|复|酬|仇|废|道|导|答|到|价|了|的|上)|要报|还报"
)
_CANCEL = (
    "取消(?!订阅|关注|提醒|通知|静音|免打扰|推送)|不去[了啦]?|去不了|来不了|不想?参加"
    "|不想?报名?[了啦]|退掉?报名|请假"
)
_TEAM = "队伍|队(?!员|长|友|列)|社团|俱乐部|小组|协会|社群|群(?!发|众)|搭子|团(?!建|购)"
_NOT = "(?:不要|不想|不用|不需要|别|勿|莫|唔好|唔要|没|没有|没说|没有说|没想|不是|不)"
_OTHERS = "他|她|朋友|同事|别人|人家|老乡|室友|老婆|老公|工友|孩子|谁"
_LATE_HOURS = "晚上|夜里|半夜|凌晨|睡觉|白天|夜班|上班|早上|中午|午休|休息"

RULES: tuple[Rule | Doubt, ...] = (
    # What is written after the word is the wish itself.
    Rule(Intent.WISH, r"^(?:心愿|许愿)\s*[:,]?\s*(?P<words>.+)$", certain=True),
    Rule(Intent.QUIET, r"^(?:免打扰|安静时段)\s*(?P<words>\d[\d: ,;、-]+)$", certain=True),
    # One kind of message alone.
    Rule(
        Intent.STOP,
        r"^(?:退订|取消订阅|不要|不收|关掉?)\s*(?P<words>公告|提醒|空位|变动|答复|月报)了?$",
        certain=True,
    ),
    Rule(
        Intent.SUBSCRIBE,
        r"^(?:订阅|恢复|重新订阅|打开)\s*(?P<words>公告|提醒|空位|变动|答复|月报)$",
        certain=True,
    ),
    Rule(
        Intent.MY_EVENTS,
        "谁报[了名]|谁来|报名名单|有?多少人?报名|我办的活动|管理活动",
    ),
    Rule(
        Intent.EDIT_EVENT,
        f"^{_BEFORE}改(?:一下)?我?的?(?:这个)?活动的?(?:标题)?$|活动的?(?:标题)?写错"
        "|标题里?有个?错别?字",
    ),
    Rule(
        Intent.TRANSFER,
        "(?:把|将).{0,6}(?:位子|位置|座位|名额|席位)(?:转|让|送)?给(?!我)"
        r"|[换改](?:到|成|去)?[^,]{0,5}(?:\d[号日]|周[一二三四五六日天])(?:那[场次天]|的)?$",
    ),
    # Sayings with a doubt in them: nothing is done.
    Doubt(
        rf"(?:{_OTHERS})[^,]{{0,6}}(?:报|取消|不去|去不了|退|参加)"
        r"|(?:如果|要是|假如|万一|下雨).*(?:取消|报|退)|(?:会不会|是不是|有没有|是否)"
        r"(?:要|被|又|都)?(?:退|报名)|(?:为什么|为啥|咋)(?:要|被|又|都)?(?:取消|退|报名)"
        r"|我的?(?:报名|位子|名额|那个)?(?:被|已经|是不是)?取消了(?:吗|没|么|没有)",
        (Intent.MINE, Intent.EVENTS, Intent.CANCEL),
    ),
    Rule(
        Intent.IS_ON,
        r"(?:会不会|是不是|有没有|是否)(?:要|被|又|都)?取消|取消了(?:吗|没|么|没有)"
        "|(?:活动|比赛|课)(?:取消|会取消|要取消)",
    ),
    Doubt(
        r"(?:报名|报|参加|加入).*(?:然后|再|并|顺便|同时|,|还有|把).*(?:取消|退)"
        r"|(?:取消|退|不去).*(?:然后|再|并|顺便|同时|,|改|换|还有).*(?:报|参加|加入)",
        (Intent.MINE, Intent.SIGN_UP, Intent.CANCEL),
    ),
    Rule(Intent.STOP, r"取消(?:订阅|关注|推送|通知)|退订", plain="(?:退订|取消订阅)"),
    Rule(
        Intent.SIGN_UP,
        "(?:可以|能)(?!帮我|给我|替我).{0,6}报名?(?:吗|么)?$",
        how=True,
    ),
    Rule(Intent.MINE, rf"{_NOT}(?:要|想|打算|给我|帮我|把我|让你|叫你|能|可以)*(?:取消|退掉?)"),
    Rule(
        Intent.MINE,
        "^(?!.*(?:取消|退|不去)).*我的报名|我报名?了?哪|报名?(?:成功)?了?吗$|报(?:上|好)(?:了"
        "|名)|排队到|已经?报|有没有(?:帮我)?报上|查(?:一下)?(?:我的)?报名|我要去什么|我的?活动$"
        "|我有什么报名|我的哪?个?些?队伍$|记录",
    ),
    Rule(
        Intent.NO,
        rf"{_NOT}(?:要|想|打算|给我|帮我|让你|叫你|说|是)*(?:我要|要|想)?(?:报名?|参加|"
        rf"登记)(?![名]?[了啦])",
    ),
    # What is sent, and when
    Rule(
        Intent.QUIET,
        f"勿扰|安静|静音|(?:{_LATE_HOURS}).*(?:别|不要).*发|别.*半夜.*发",
    ),
    Rule(
        Intent.SUBSCRIBE,
        "(?<!不)(?<!不想)(?<!不要)(?<!别)(?:重新|恢复)想?订阅|^(?:我?要?想?)*订阅|(?<!不)(?<!关闭)恢复通知",
        plain="(?:重新|恢复)?订阅",
    ),
    Rule(Intent.REMINDERS, "提醒"),
    Rule(
        Intent.STOP,
        "不(?:要|想|用)再?(?:给我)?(?:发|推|收)(?!布|起|言)|别再?(?:给我)?发(?!布|起|言)"
        "|停止|停掉|关闭|屏蔽|骚扰|唔好再?发|不要再?通知",
    ),
    # The same person in another chat, and another person in the same
    Rule(
        Intent.SIGN_OUT,
        "换个?别?人来?用|退出登[录陆]|给别人用",
    ),
    Rule(
        Intent.LINK,
        "换了?个?新?手机|手机换了?|登[录陆](?!表|处)|绑定?(?:一下)?(?:我的)?微信|同步(?:账号)?"
        "|两个账号",
    ),
    # Who they are, and what is kept
    Rule(
        Intent.PRIVACY,
        "删.*我的?$|(?:存|收集)了?我?的?(?:什么|哪些)(?:资料)?|我的数据|个人信息|导出",
    ),
    Rule(
        Intent.LANGUAGE,
        "语言|language|(?:换|切|改|转|变|看|说|讲|用).{0,2}(?:英文|英语|中文|english)"
        "|^(?:英文|英语|中文)版?$",
        plain=r"(?:语言\s*|language\s*|(?:换|切换|改|转|变)?[成到为]?|说|讲|用)(?P<words>英文|英语|中文|english)",
    ),
    Rule(
        Intent.WHO_AM_I,
        "我是谁|我叫乜|我的?名字是啥",
    ),
    Rule(
        Intent.PROFILE,
        "资料|(?:改|填).{0,6}(?:昵称|单位)|我换了?个?新?厂|我搬到|我(?:现在)?了?上?夜班了",
    ),
    # Asking the organizers; organizing
    Rule(
        Intent.WISH,
        "心愿|诉求|希望能|能不能在|要是能.*就好|太难吃|想跟工会",
    ),
    Rule(
        Intent.ANNOUNCE,
        "公告|群发|发个?消息给?|通知大家",
    ),
    Rule(
        Intent.PUBLISH,
        f"^{_BEFORE}(?:怎么)?(?:发布|组织|发起|开)(?:一?个)*[^没]{{0,8}}活动|怎么办",
    ),
    # Teams
    Rule(
        Intent.LEAVE,
        f"退出?(?:我?的?这?个?)?(?:{_TEAM})|退出|离开.*(?:{_TEAM})|不想?在.*(?:{_TEAM})"
        f"|(?:{_TEAM}).*不想?待了",
        plain=f"(?:退出|退队){_NAME}",
    ),
    Rule(
        Intent.JOIN,
        f"加入|入会|进(?=.{{1,8}}(?:{_TEAM}))|加我|参加.*队$|^加第",
        plain=f"加入{_NAME}",
    ),
    # Seats
    Rule(
        Intent.CANCEL,
        _CANCEL,
        plain=f"(?:取消报名|取消|不去){_NAME}(?:的报名)?",
    ),
    Rule(
        Intent.SIGN_UP,
        _SIGN_UP_LOOSE,
        plain=f"(?:{_SIGN_UP})(?:参加)?(?:一?个)?(?:活动)?{_NAME}",
    ),
    Rule(
        Intent.SIGN_UP,
        "有空?位[置子]?",
        how=True,
    ),
    # Looking around
    Rule(
        Intent.HELP,
        "帮助|不会弄|能干嘛|会干嘛|什么功能|干什么用?的|教程|你是谁|命令|^怎么弄$",
    ),
    Rule(
        Intent.TEAMS,
        f"{_TEAM}|找.{{0,4}}人.*一起|一起(?:骑|唱)",
    ),
    Rule(
        Intent.EVENTS,
        "活动|有什么.*|边度儿?.*玩|想学|课程?|讲座|培训|比赛|赛$|晚会|电影|干啥|周末$|日期|几点(?:开始)?",
    ),
)

EXACT = {
    Intent.GREETING: (
        "你好 您好 在吗 在不 在不在 在么 有人吗 哈喽 哈啰 哈罗 嗨 早 早上好 晚上好 下午好 "
        "中午好 hello hi 喂 你好呀 你好啊 大家好"
    ),
    Intent.THANKS: (
        "谢谢 多谢 谢了 谢啦 感谢 谢谢你 谢谢啊 谢谢您 谢谢了 唔该 辛苦了 辛苦啦 辛苦 谢谢你啊 "
        "非常感谢 多谢晒 太好了 棒 真棒 3q 3ks"
    ),
    Intent.YES: (
        "好 好的 好啊 好呀 好吧 行 可以 嗯 嗯嗯 对 是 是的 对的 要 要的 没问题 ok 得 得嘞 中 "
        "确定 确认 同意 没错 收到 好的收到 知道了 明白 明白了 了解 好滴 好嘞"
    ),
    Intent.NO: (
        "不 不要 不用 不用了 不要了 算了 不行 不是 不了 别 没事 没事了 没有 唔使 不需要 不必 "
        "先不 再说 不同意 我不同意 拒绝 不接受"
    ),
    Intent.EVENTS: "活动 活动列表 看活动 找活动 有什么活动 日程 有咩玩 周末 今天 今晚 明天",
    Intent.TEAMS: "队伍 找队伍 队 社团 看队伍",
    Intent.MINE: "我的 我的报名 我的活动 我的队伍 我的队",
    Intent.SIGN_UP: "报名 我要报名 想报名",
    Intent.CANCEL: "不去了 去不了 取消 取消报名 不来了 唔去了",
    Intent.HELP: "帮助 帮忙 怎么用 help 怎么弄 救命 客服 人工",
    Intent.PRIVACY: "删除我 隐私",
    Intent.WISH: "心愿 许愿",
    Intent.MENU: "菜单 开始 返回 主菜单 首页",
    Intent.QUIET: "免打扰 安静时段",
}

# Hardly ever meant as anything else, whatever characters stand for their sound: 保名, 取肖.
ALWAYS = ("取消报名", "报名", "取消")

# Heard as one of these, a word is read as it where nothing else is understood: 火动.
OFTEN = (
    "报名 取消 活动 退订 加入 退出 队伍 我的 提醒 免打扰 心愿 帮助 菜单 隐私 资料 语言 "
    "订阅 周末 日历 建议 有什么 取消报名 不去了 我要报名"
)

# Words that pinyin may stand for; with them a text in Latin letters is read as Chinese.
SPELT = (
    "我要 我想 我 你 要 想 报名 取消 活动 有什么 有 什么 哪些 队伍 篮球队 我的 今天 明天 "
    "今晚 后天 周末 这个 这 下周 本周 这周 星期 周 六 日 的 了 吗 不 去 不去了 不去 去不了 "
    "退订 订阅 怎么"
    " 加入 退出 退队 队 资料 提醒 免打扰 心愿 帮助 菜单 语言 英文 中文 隐私 谢谢 你好 好的 "
    "好 是 谁 我是谁 在 哪里 参加 帮我 请问 看 看看 最近 好玩 日历 发布 公告 通知 没有 没 "
    "报 吧"
)

PHRASING = Phrasing(
    separator=None,
    reads=re.compile("[\u3400-\u9fff]"),
    names_follow=True,
    rules=RULES,
    exact=EXACT,
    before=_BEFORE,
    after=_AFTER,
    how=re.compile(
        "怎么|怎样|如何|咋个?(?:样|弄|报|取|退|加)|点样|(?:在|去|从)哪|哪里|哪儿|边度|教我|"
        "流程|步骤|需要什么|条件"
        "|(?:可以|能不能|可不可以|能否|可唔可以|还能|还可以|能)(?!帮我|给我|替我).*(?:吗|"
        "么|不|嘛|没)?$"
        "|(?:报|取消|退|加入).*(?:吗|么)$"
    ),
    doubts=re.compile(
        r"如果|要是|他|她|朋友|同事|老婆|老公|别人|以后|昨天|之前|为什么|为啥|听说|还是|或者|,"
        "|会不会|可能|也许|万一|考虑|想想|再说|呢|干嘛|要不|算了|失败|失误|错|成功|截止|的时候|问题"
        "|麻烦|才怪|就好|按钮|什么"
    ),
    lead=re.compile(
        r"^(?:\s|,|我们|我|你们?|您|咱们?|大家|俺|请问|请|麻烦|帮忙|帮|给|让|替|想要|想|要|"
        r"需要|打算|准备|看一?下|看看|看|查一?下|查"
        "|问一?下|有没有|有木有|有没|有无|有冇|有什么|有啥子?|有咩|有乜|有哪些|有(?!氧|机|"
        "奖)|什么|啥子?|哪些|咩|最近|附近|这里|这边|那边|周边"
        "|还是|那个|这个|那|这|一个|个|场|次|点|把|将|去|来|找|搜|还|也|都|就|再|现在|嗯|"
        "呃|啊|额|哦|你好|关于|能不能|能|可以|可不可以|怎么|怎样"
        r"|如何|咋|在|到|说|的|人|一起|参加|第(?![一二三四五六七八九十\d])|号|下|名|了|上|已经|临时|加班|突然|有事|进|"
        "不好意思|对不起|抱歉|请假)+"
    ),
    trail=re.compile(
        r"(?:(?:[干做搞玩耍去]|整|弄)(?:点|些|一?下)?(?:啥子?|什么|嘛|哪里?|哪儿)好?|去?哪里?儿?能?可?以?[玩耍]|耍"
        r"|\s|,|了|啦|啊|呀|哇|哦|喔|呢|吧|吗|么|嘛|的|不|没有|没|冇|呗|咯|哈|嘞|把|谢谢你?|拜托"
        r"|好吗|行吗|行不行|可以吗?|一下|在哪里?|怎么|这边|这里|举办|报名"
        r"|(?:我们?|都|也|就|还|再)(?:有|是|想要?|要|能|会|可以|可)?(?:去|来)?"
        r"|(?:想|要|能)(?:去|来))++$"
    ),
    play=re.compile(
        r"^(?:打|踢|玩|做(?!饭|菜)|弹|拍(?!照|片)|画(?!画)|唱(?!歌|k)|练|学(?:习|着)?|跳(?![棋舞绳])|练习)(?=..)"
    ),
    ordinal=re.compile(r"^第([一二三四五六七八九十\d]+)(?:个|场|项|条|节|支|队)?$"),
    always=ALWAYS,
    often=OFTEN,
    spelt=SPELT,
)
