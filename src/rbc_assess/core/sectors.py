"""Sectors of the economy: sections and divisions of the United Nations' ISIC Rev. 4, with names.

Source: International Standard Industrial Classification of All Economic Activities, Revision 4 (United Nations,
Statistical Papers, Series M No. 4/Rev. 4, 2008). English names are shortened. Japanese ones are this project's
own, in the manner of Japan's standard classification; the provisional translation of the Ministry of Internal Affairs
and Communications (June 2009) has not been compared. Codes decide, names are only shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

SECTIONS: Final[Mapping[str, tuple[int, int]]] = {
    "A": (1, 3), "B": (5, 9), "C": (10, 33), "D": (35, 35), "E": (36, 39), "F": (41, 43), "G": (45, 47),
    "H": (49, 53), "I": (55, 56), "J": (58, 63), "K": (64, 66), "L": (68, 68), "M": (69, 75), "N": (77, 82),
    "O": (84, 84), "P": (85, 85), "Q": (86, 88), "R": (90, 93), "S": (94, 96), "T": (97, 98), "U": (99, 99),
}  # fmt: skip
"""Section -> its first and last division; no number in between is unused."""

SECTION_NAMES: Final[tuple[tuple[str, str, str], ...]] = (
    ("A", "Agriculture, forestry and fishing", "農業、林業及び漁業"),
    ("B", "Mining and quarrying", "鉱業及び採石業"),
    ("C", "Manufacturing", "製造業"),
    ("D", "Electricity, gas, steam and air conditioning supply", "電気・ガス・蒸気・空調供給業"),
    ("E", "Water supply, sewerage and waste management", "水供給・下水処理・廃棄物管理業"),
    ("F", "Construction", "建設業"),
    ("G", "Wholesale and retail trade; repair of motor vehicles", "卸売・小売業、自動車修理業"),
    ("H", "Transportation and storage", "運輸・保管業"),
    ("I", "Accommodation and food service", "宿泊・飲食サービス業"),
    ("J", "Information and communication", "情報通信業"),
    ("K", "Financial and insurance activities", "金融・保険業"),
    ("L", "Real estate activities", "不動産業"),
    ("M", "Professional, scientific and technical activities", "専門・科学・技術サービス業"),
    ("N", "Administrative and support services", "管理・支援サービス業"),
    ("O", "Public administration and defence", "公務・国防"),
    ("P", "Education", "教育"),
    ("Q", "Human health and social work", "保健・社会福祉事業"),
    ("R", "Arts, entertainment and recreation", "芸術・娯楽・レクリエーション"),
    ("S", "Other services", "その他のサービス業"),
    ("T", "Households as employers", "雇主としての世帯の活動"),
    ("U", "Extraterritorial organisations", "治外法権機関"),
)

_DIVISIONS: Final = """
01 Crop and animal production = 農作物生産・畜産業
02 Forestry and logging = 林業・伐採業
03 Fishing and aquaculture = 漁業・養殖業
05 Coal and lignite mining = 石炭・亜炭鉱業
06 Crude petroleum and natural gas extraction = 原油・天然ガス採取業
07 Metal ore mining = 金属鉱業
08 Other mining and quarrying = その他の鉱業・採石業
09 Mining support services = 鉱業支援サービス業
10 Food products = 食料品製造業
11 Beverages = 飲料製造業
12 Tobacco products = たばこ製造業
13 Textiles = 繊維製造業
14 Wearing apparel = 衣服製造業
15 Leather and related products = 革・革製品製造業
16 Wood products = 木材・木製品製造業
17 Paper products = 紙・紙製品製造業
18 Printing and reproduction = 印刷・記録媒体複製業
19 Coke and refined petroleum = コークス・石油製品製造業
20 Chemicals = 化学品製造業
21 Pharmaceuticals = 医薬品製造業
22 Rubber and plastics products = ゴム・プラスチック製品製造業
23 Other non-metallic mineral products = 窯業・土石製品製造業
24 Basic metals = 第一次金属製造業
25 Fabricated metal products = 金属製品製造業
26 Computer, electronic and optical products = コンピュータ・電子・光学製品製造業
27 Electrical equipment = 電気機器製造業
28 Machinery and equipment = 機械器具製造業
29 Motor vehicles and trailers = 自動車・トレーラー製造業
30 Other transport equipment = その他の輸送用機器製造業
31 Furniture = 家具製造業
32 Other manufacturing = その他の製造業
33 Repair and installation of machinery = 機械器具修理・設置業
35 Electricity, gas, steam and air conditioning = 電気・ガス・蒸気・空調供給業
36 Water supply = 水道業
37 Sewerage = 下水処理業
38 Waste collection, treatment and recovery = 廃棄物収集・処理・再生業
39 Remediation = 環境浄化業
41 Construction of buildings = 建築工事業
42 Civil engineering = 土木工事業
43 Specialised construction = 専門工事業
45 Trade and repair of motor vehicles = 自動車販売・修理業
46 Wholesale trade = 卸売業
47 Retail trade = 小売業
49 Land transport and pipelines = 陸運・パイプライン輸送業
50 Water transport = 水運業
51 Air transport = 航空運輸業
52 Warehousing and support for transport = 倉庫・運輸支援業
53 Postal and courier services = 郵便・宅配業
55 Accommodation = 宿泊業
56 Food and beverage service = 飲食サービス業
58 Publishing = 出版業
59 Film, video, sound recording and music publishing = 映像・音声制作業
60 Programming and broadcasting = 放送業
61 Telecommunications = 電気通信業
62 Computer programming and consultancy = ソフトウェア・情報処理コンサルタント業
63 Information services = 情報サービス業
64 Financial services = 金融業
65 Insurance and pension funding = 保険・年金業
66 Activities auxiliary to finance and insurance = 金融・保険附帯業
68 Real estate = 不動産業
69 Legal and accounting activities = 法務・会計サービス業
70 Head offices and management consultancy = 本社・経営コンサルタント業
71 Architecture, engineering and technical testing = 建築設計・技術検査業
72 Scientific research and development = 科学研究・開発業
73 Advertising and market research = 広告・市場調査業
74 Other professional, scientific and technical activities = その他の専門・科学・技術サービス業
75 Veterinary activities = 獣医業
77 Rental and leasing = 物品賃貸・リース業
78 Employment activities = 職業紹介・労働者派遣業
79 Travel agencies and tour operators = 旅行業
80 Security and investigation = 警備・調査業
81 Services to buildings and landscape = 建物サービス・造園業
82 Office and business support = 事務・事業支援サービス業
84 Public administration, defence and compulsory social security = 公務・国防・強制社会保障
85 Education = 教育
86 Human health = 医療業
87 Residential care = 居住型介護・福祉施設
88 Social work without accommodation = 通所・訪問型の社会福祉事業
90 Creative, arts and entertainment = 創作・芸術・興行
91 Libraries, archives and museums = 図書館・文書館・博物館
92 Gambling and betting = 公営競技・賭け事業
93 Sports, amusement and recreation = スポーツ・娯楽業
94 Membership organisations = 会員制団体
95 Repair of computers and household goods = コンピュータ・家庭用品修理業
96 Other personal services = その他の個人向けサービス業
97 Households as employers of domestic staff = 家事使用人を雇う世帯
98 Households producing for own use = 自家利用のために生産する世帯
99 Extraterritorial organisations and bodies = 国際機関・外国公館
"""


def _division_names() -> Iterator[tuple[str, str, str]]:
    for row in _DIVISIONS.strip().splitlines():
        en, ja = row[3:].split(" = ")
        yield row[:2], en, ja


DIVISION_NAMES: Final[tuple[tuple[str, str, str], ...]] = tuple(_division_names())
"""Division, its English and its Japanese name; there are 88."""
