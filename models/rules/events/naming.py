"""The words by which activities and places are known in what organizers write."""

import re

from models.rules.events.publishing import CATEGORY_WORDS, KIND_WORDS

_MORE = (
    "讲座|讲堂|课堂|课|班|培训|训练营|实训|辅导|工作坊|沙龙|分享会|交流会|读书会|比赛|大赛|赛"
    "|杯|海选|决赛|擂台|挑战"
    "|联谊|相亲|交友|派对|晚会|联欢会|联欢|演出|汇演|展演|展示|展览|展|一日游|两日游|游园|游"
    "|之旅|体验|徒步|健步走|登山|爬山"
    "|夜跑|晨跑|跑步|跑|骑行|瑜伽|太极|八段锦|广场舞|舞|操|球|象棋|围棋|棋|牌|唱|歌|合唱|电影"
    "|观影|绘画|书法|春联|摄影|采风"
    "|手工|剪纸|烘焙|插花|花艺|茶艺|饺子|汤圆|月饼|做饭|厨艺|烧烤|露营|野餐|钓鱼|义诊|体检"
    "|献血|宣讲|说明会|招聘会|生日会|茶话会"
    "|座谈会|动员会|大会|会议|例会|总结会|运动会|集市|志愿|义卖|义剪|植树|清洁|演练|训练|排练"
    "|彩排|练习|教学|学习|英语角|桌游|剧本杀|飞盘"
    "|拔河|跳绳|毽|游泳|健身|竞赛|比武|灯会|活动|走进|参观|咨询会|阅读|开放日|市集|招新|年会"
    "|评选|嘉年华|冬令营|夏令营|团建|聚餐|聚会|庆典|典礼"
    "|理发|维修|猜灯谜|灯谜|联赛|友谊|考证|讲解|写作|朗诵|演讲|辩论|吉他|音乐|乐队|戏|粤曲"
    "|舞狮|醒狮|龙舟|麻将|台球|足球|篮球|排球|评比|检查|接种|宣传|例训|集训|颁奖|表彰"
    "|包车|拼车|交换|放映|日出|观鸟|定向|赏花|赏月|健步|慢跑|长跑|马拉松|早餐|早茶|下午茶"
    "|夜游|故事会|绘本|美甲|彩妆|护肤|推拿|普法|急救|复苏|疏散|论坛|开幕式|仪式|升旗|慰问|大扫除|独奏|演奏|会演|接力"
    "|投篮|射箭|轮滑|滑板|攀岩|漂流|赶海|采摘|研学|观展|看展|共读|读书|诵读|晚宴|宴会|围炉|火锅|筛查|测血压|量血压|送医|办证|路演|快闪|打卡"
)
_ENGLISH = (
    "class|classes|course|workshop|lecture|talk|match|cup|tournament|contest|night|party"
    "|corner|run|hike"
    "|hiking|trip|tour|visit|practice|training|session|show|concert|movie|film|yoga|dance"
    "|badminton|football"
    "|basketball|tennis|reading|club|meeting|choir|picnic|walk|ride|game|games|quiz|evening"
    "|competition|gala|mixer|fair|drill"
)
_CHINESE = sorted(
    {
        word
        for words in (*KIND_WORDS.values(), *CATEGORY_WORDS.values(), _MORE.split("|"))
        for word in words
        if not word.isascii()
        and word not in ("约", "职", "队", "党", "思想", "汇报", "健康", "红色")
    },
    key=len,
    reverse=True,
)
# A team, a notice of it or its people are no activity: 羽毛球馆, 篮球场, 棋牌室, 培训中心.
_NO_PLACE = (
    r"(?![\u4e00-\u9fff]?[馆室厅院房])(?!公园|广场)(?![场楼中城站店校协])"
    r"(?![\u4e00-\u9fff]{0,3}(?:[馆室厅院场]|中心|基地|[餐酒书网清]吧)(?![\u4e00-\u9fff]))"
)
ACTIVITY = re.compile(
    rf"(?<![开上下])(?:{'|'.join(_CHINESE)}){_NO_PLACE}|\b(?:{_ENGLISH})\b", re.IGNORECASE
)

ENGLISH_PLACE = re.compile(
    r"\b(?:park|court|hall|library|centre|center|station|room|gym|stadium|school|canteen"
    r"|square|office|hotel"
    r"|restaurant|theatre|theater|museum|lake|hill|floor|building|plaza|gate|field|cafe|pool"
    r"|workshop \d+|playground)\b",
    re.IGNORECASE,
)
_SPOTS = (
    "体育馆|图书馆|文化馆|博物馆|美术馆|球馆|场馆|号馆|馆|文化站|驿站|地铁站|站点|站|报告厅"
    "|多功能厅|展厅|大厅|厅|会议室|活动室|教室"
    "|办公室|培训室|实训楼|室|楼下|楼顶|大楼|楼|层|栋|座|广场|公园|湿地|中心|小球场|球场|操场"
    "|足球场|篮球场|体育场|号场|(?<![专开现到入进出散全半包一两每])场|食堂|饭堂|厨房"
    "|正门口|大门口|门口|东门|南门|西门|北门|正门|大门|门|空地|草坪|学校|技校|小学|中学|大学"
    "|学院|影剧院|大剧院|剧院|剧场|礼堂|会堂|会所|酒店"
    "|饭店|餐厅|酒楼|茶楼|咖啡店|咖啡馆|书店|KTV|商场|超市|市场|万达|万科|天地|湖(?![南北])|山(?![东西])|江(?![苏西])|河(?![南北])|岛|峰"
    "|停车棚|车棚|凉亭|舞台|平台|桥头|树头|树下|餐吧|酒吧|书吧|网吧|清吧|烧烤场|停车场|草地|沙滩"
    "|村|社区|小区|园区|工业园|产业园|车间|宿舍|书房|书屋|医院"
    "|公司|工厂|厂区|厂|基地|农庄|庄园|度假村|景区|风景区|台球城|城|俱乐部|地铁口|路口|出口"
    "|敬老院|福利院|养老院|物流园|营地|农场|牧场|果园|花园|乐园|植物园|动物园|创意园|科技园|文化园|陵园|少年宫|文化宫|影城|影院|戏院"
    "|天台|大堂|中庭|泳池|游泳池|卫生院|诊所|营业厅|村委会?|居委会?|服务台|前台|步行街|牌坊|民宿|银行|健身房|琴房|[东南西北]岸|[湖河江海]边|堤岸|江堤"
    "|腾讯会议|线上|直播间|群里|夜市|总工会|服务中心|祠堂|码头|家园|之家|献血车"
)
# 登山 and 下班 end like a place; 站点 does before 站 does.
PLACE_END = re.compile(
    rf"(?<!登)(?<!爬)(?<!在)(?<!进)(?:{'|'.join(sorted(_SPOTS.split('|'), key=len, reverse=True))})"
    r"(?:[A-Za-z]?\d{1,4}(?:[、,]\d{1,2})?(?:号场|号馆|室|楼|号|场|栋|座"
    r"|层)?(?![\d年月日:：点人名元席位]))?"
    r"(?:[A-Za-z]栋|[A-Za-z]区|[一二三四五六七八九十]楼(?:[\u4e00-\u9fff]{0,8}(?:室|厅|馆|房"
    r"|区|处))?)?"
    r"(?:[东南西北正侧大]门口?|门口|隔壁|旁边|旁|附近|集合处|里面|内|对面|外|前)?",
    re.IGNORECASE,
)
