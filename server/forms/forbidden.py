"""What a form must not ask for, in the words of every language that forms here are written in.

Religion, biometrics, bank accounts, suspicion, petitions, drugs, HIV and mental illness are marks
that community work does not need and that harm who bears them.
"""

import re
from unicodedata import normalize


def forbidden_word(text: str) -> str:
    """The first thing in `text` that a form must not ask for; "" when there is none."""
    found = _FORBIDDEN.search(_plain(text))
    return found[0] if found else ""


def ethnic_word(text: str) -> str:
    """The first ethnic group, or word for ethnicity, that `text` names; "" when there is none."""
    found = _ETHNIC.search(_plain(text))
    return found[0] if found else ""


def _plain(text: str) -> str:
    return normalize("NFKC", text).replace("_", " ")


_CHINESE = (
    r"宗教|信仰|邪教|教徒|信教"
    r"|指[纹紋]|人[脸臉]|面部[识識][别別]|虹膜|[声聲][纹紋]|生物[识識][别別]|基因|掌[纹紋]"
    r"|[银銀]行(?:卡|账|帐|帳|[户戶]头|[户戶]頭)|[开開][户戶]行"
    r"|可疑|形[迹跡]|行[径徑]|重[点點]人[员員口]|管控[对對]象"
    r"|上[访訪]|信[访訪](?:人|[对對]象)|[缠纏][访訪]|[闹鬧][访訪]"
    r"|吸毒|涉毒|戒毒|艾滋|精神(?:病|障[碍礙]|疾病)"
)
_ENGLISH = (
    r"(?i:\breligio\w*|\bdenomination\b|\bchurch member\w*"
    r"|\bbiometric\w*|\bfinger ?prints?\b|\bfac(?:e|ial) (?:recognition|image|print|id)\b"
    r"|\biris scan\w*|\bdna\b|\bvoice ?prints?\b"
    r"|\bbank (?:account|card)\w*|\biban\b|\bcredit card\w*"
    r"|\bsuspicious\b|\bsuspects?\b|\bkey population\w*|\bpetitioners?\b|\bpetitioning\b"
    r"|\bdrug (?:use|abuse|addict)\w*|\bhiv\b|\bmental(?:ly)? ill\w*|\bpsychiatric\b)|\bAIDS\b"
)
_OF_CHINA = (  # Uygur, Tibetan, Mongolian, Kazak, Korean
    r"\bدىن\w*|ئېتىقاد|بارماق ئىزى|چىراي تونۇش|بانكا ھېساب|گۇمانلىق|زەھەرلىك چېكىملىك"
    r"|ཆོས་ལུགས|དད་མོས|མཛུབ་རིས|དངུལ་ཁང་གི་ཐོ"
    r"|(?i:шаш(?:ин|ны)\b|шүтлэг|хурууны хээ|банкны данс|сэжигтэй)|ᠱᠠᠰᠢᠨ"
    r"|(?i:\bдін(?:и|і)?\b|саусақ ізі|банк шоты|күдікті|нашақор)"
    r"|종교|신앙|지문|얼굴 ?인식|은행 ?계좌|수상한|마약|정신 ?질환|에이즈"
)
_ELSEWHERE = (  # Japanese, French, Spanish, Portuguese, German, Russian, Arabic and others
    r"顔認証|銀行口座|不審者|麻薬|精神疾患"
    r"|(?i:\breligi[oóã]\w*|\bcroyance\w*|\bcreencia\w*|\bkonfession\w*"
    r"|empreintes? digitale|huellas? (?:dactilar|digital)|impress(?:ão|ões) digita|fingerabdr"
    r"|reconnaissance faciale|reconocimiento facial|reconhecimento facial|gesichtserkennung"
    r"|compte bancaire|cuenta bancaria|conta bancária|bankkonto|\bsospechos\w*|verdächtig"
    r"|toxicoman|drogadic|\bvih\b|maladie mentale|enfermedad mental|psychisch krank)"
    r"|(?i:религи|вероисповедан|отпечат\w+ пальц|распознавани\w+ лиц|банковск\w+ сч[её]т"
    r"|подозрительн|наркоман|\bвич\b|психическ\w+ (?:болезн|расстройств|заболеван))"
    r"|الدين|ديانة|ديني|بصمة|بصمات|حساب (?:مصرفي|بنكي)|مشبوه|مخدرات|الإيدز|مرض (?:عقلي|نفسي)"
    r"|(?i:tôn giáo|vân tay|tài khoản ngân hàng|ma túy|\bagama\b|sidik jari|rekening bank)"
    r"|ศาสนา|ลายนิ้วมือ|บัญชีธนาคาร|ยาเสพติด"
)
_FORBIDDEN = re.compile(f"{_CHINESE}|{_ENGLISH}|{_OF_CHINA}|{_ELSEWHERE}")
_ETHNIC = re.compile(
    r"(?:[维維]吾[尔爾]|[维維]族|藏族|回族|彝族|蒙古族|哈[萨薩]克|民族)(?!族?(?:自治|[乡鄉路街]))"
    r"|(?i:\bu[iy]gh?ur\w*|\btibetan\w*|\bkazakhs?\b|\bmongolians?\b|\bethnic\w*|\bethnie\w*"
    r"|\betnia\w*|этническ|национальност)|مىللەت|མི་རིགས|ұлты\b|소수 ?민족"
)
