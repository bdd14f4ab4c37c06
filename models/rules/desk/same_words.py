"""What questions about work and life are made of: things by many names, words that say little.

The names are those of people from many provinces: Mandarin, Cantonese, Sichuanese, English.
"""

import re

GROUPS = """
工资 工钱 薪水 薪资 人工钱 血汗钱 工薪 月薪 尾数 wages salary
拖欠 欠薪 拖着 压着 欠着 不发 没发 不给发 不结 没结 未发 唔发 没见到钱 拿不到钱 unpaid
加班 加点 ot overtime
辞职 辞工 离职 自离 急辞 走人 不想干 不想做 不干了 唔做 quit resign
辞退 炒鱿鱼 炒我鱿鱼 被炒 炒掉 开除 解雇 解聘 裁员 裁人 不用来了 fired dismissed
补偿 赔偿 赔多少 有没得赔 有得赔 赔钱 compensation
试用期 试工 见习期 probation
工伤 工商认定 受伤 压伤 压断 压了 砸伤 摔断 摔伤 烫伤 割伤 夹伤 injury injured
职业病 尘肺 听力 occupational
押金 保证金 工衣费 服装费 deposit
身份证 证件 id
年假 年休假 休年假 带薪休假 annual
社保 五险 社会保险 养老保险 养老金 insurance
公积金 住房公积 provident
居住证 暂住证 permit
入户 落户 迁户口 户口迁 户口转 hukou
孩子 小孩 细路 细佬 娃 崽 小朋友 儿子 女儿 仔女 子女 children child kids kid daughter son
上学 入学 读书 读小学 读初中 学位 上小学 转学 一年级 school
看病 看医生 睇医生 睇病 挂号 问诊 doctor
医院 卫生院 诊所 hospital
医保 新农合 合作医疗 医疗保险 medical
报销 报得到 能报 怎么报 reimburse
台风 打风 刮风 typhoon
暴雨 落雨 大雨 rainstorm
上班 返工 开工 去厂里 work
高温 热死 太热 酷热 heat
津贴 补贴 补助 补钱 allowance subsidy
房东 包租婆 包租公 屋主 二房东 landlord
租房 租屋 退租 退房 租金 rent renting
电动车 电动自行车 电鸡 电驴 电瓶车 小电驴 助力车 bike
上牌 牌照 车牌 没牌 无牌 plate
骗 诈骗 骗子 被坑 刷单 scam cheated cheat
公交 公车 巴士 大巴 夜班车 夜宵车 bus
地铁 metro subway
末班 尾班 最后一班 收车 last
驿站 站点 服务站 station
工会 union
心理 心情 压力 焦虑 抑郁 失眠 睡不着 心烦 难受 郁闷 stressed
律师 法律 打官司 官司 起诉 lawyer
技能 技术 手艺 学电工 夜校 培训 training
证书 考证 上岗证 电工证 焊工证 叉车证 certificate
图书馆 借书 看书 借阅 library books
体育馆 球场 篮球场 羽毛球场 游泳馆 健身房 打球 打篮球 打羽毛球 sports
结婚 领证 扯证 打结婚证 结婚证 marry married marriage
产假 生孩子 生小孩 生娃 坐月子 maternity
怀孕 有喜 孕妇 大肚子 有身己 pregnant
月经 例假 大姨妈 来事 经期 生理期 period
投诉 举报 告状 告佢 反映 反应 complain complaint
找工作 搵工 找份工 求职 招聘 招工 换工作 job
中介 劳务公司 劳务派遣 agency
多少钱 几多钱 几钱 好多钱 多少钱一 几块
-周末 星期天 星期六 星期日 周六 周日 礼拜天 礼拜六 休息日 weekend sunday saturday
-节假日 国庆 春节 五一 元旦 中秋 过年 法定节日 假日 holiday
"""
"""A line a thing; the first word stands for the others. Behind "-" the word is one among others,
and no thing that a question is about."""

ASKING = """
请问一下 请问 你好 您好 我想问一下 想问一下 想问问 问一下 问下 咨询一下 我想知道 想知道 麻烦 谢谢
那个就是 就是说 就是 那个 然后 嗯 啊 呀 呢 吧 哦 噢 喔 嘛 啦 哈 㗎 咯 诶 的话
怎么办 点算 怎么整 咋办 咋整 怎么搞 咋搞 点办 怎么弄 咋弄 点整 怎么样 怎么 咋个 咋 如何 怎样
哪里 边度 哪儿 哪点 啥地方 什么地方 哪个地方 在哪 哪个 谁 什么 乜嘢 乜 啥子 啥 么子
有没有 有冇 有得 有无 能不能 可不可以 可以 是不是 算不算 是真的 真的
行不行 得唔得 正常吗 合法吗 能 吗
多少钱 几多钱 几钱 好多钱 多少 几多 几个 几天 多少天 几日 几点 什么时候 啥时候 几时 多久
我们 我 你们 你 他们 一下 一个 想 要 公司 厂里 厂子 工厂 厂方 老板 老细 主管 佛山 南海
boss company factory
"""
"""Words of which questions are made, whatever they are about."""

COMMON_WORDS = """
the and for with what when where how can you are this that have has does did from not was
get our out any who will her him she his they there here
"""
COMMON = frozenset(COMMON_WORDS.split())
RUN = re.compile(r"[\u3400-\u9fff]+|[a-z]+")


def _any_of(words: list[str]) -> re.Pattern[str]:
    """Match any of the words, the longest first; those in Latin letters as whole words."""
    ordered = sorted(words, key=len, reverse=True)
    return re.compile("|".join(rf"\b{each}\b" if each.isascii() else each for each in ordered))


FILLERS = _any_of(ASKING.split())
_FIRST = {
    word.removeprefix("-"): words[0]
    for words in map(str.split, GROUPS.strip().splitlines())
    for word in words
}
_NAMES = _any_of([*_FIRST])


def as_one(plain: str) -> tuple[str, set[str]]:
    """Return a text in small letters with one word for each thing, and the things it names."""
    things: set[str] = set()

    def first(match: re.Match[str]) -> str:
        word = _FIRST[match[0]]
        if not word.startswith("-"):
            things.add(word)
        return word.removeprefix("-")

    return _NAMES.sub(first, plain), things
