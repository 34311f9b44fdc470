"""The phones that each language sings, each with a word in which it is sung: what a voice must have learned.

Hums, loan sounds and what espeak-ng makes of foreign words may bring others. Checked by singing the words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import dist

from singer.language.codes import normalise_language
from singer.language.phones import CLOSURE, features

# phone:word
_WRITTEN: dict[str, str] = {
    "en": """
i:she u:you ɪ:with ʊ:about e:they o:don't ə:the ɛ:when ʌ:was ɔ:for æ:and a:like ɑ:are ɝ:were p:people b:but
t:that d:and k:can ɡ:get m:from n:and ŋ:think f:for v:have θ:think ð:the s:this z:was ʃ:she ʒ:usually h:have
tʃ:which dʒ:just ɹ:for j:you w:with l:all
    """,
    "ja": """
cl:なっ i:に ɯ:です e:て o:の a:は p:一般 pʲ:発表 b:ば bʲ:病院 t:て tʲ:テューバ d:で dʲ:デュエット k:か
kʲ:今日 kʷ:クォーツ ɡ:が ɡʲ:企業 ɡʷ:グァバ m:も mʲ:コミュニティ n:の ɲ:ニュース ɴ:ん ɾ:から ɾʲ:無料 ɸ:普通
ɸʲ:フュージョン v:ヴァイオリン vʲ:ヴュー s:です z:ず ɕ:し ç:人 h:は ts:月 tɕ:一 dʑ:じゃ j:よ w:私
    """,
    "cmn": """
i:你 y:与 u:不 ɪ:在 ʊ:有 e:为 ɤ:的 o:我 ə:人 ɛ:也 a:在 ɑ:上 ɚ:而 ɿ:自己 ʅ:是 p:不 pʰ:朋友 t:的 tʰ:他 k:一个
kʰ:可以 m:吗 n:人 n̩:嗯 ŋ:中 f:发展 s:所 ʂ:是 ɕ:下 x:和 ts:在 tsʰ:从 tɕ:就 tɕʰ:去 ʈʂ:这 ʈʂʰ:成为 ɻ:人 j:有
ɥ:月 w:我 l:了
    """,
    "es": """
i:sin u:una ɪ:hay ʊ:aunque e:que o:los a:las p:por b:también t:este d:del k:que ɡ:tengo m:como n:con ɲ:años
ŋ:tengo r:ser ɾ:por β:sobre f:fue θ:hacer ð:todo s:los ʝ:mayor x:mejor ɣ:algo tʃ:mucho j:también w:cuando
l:los ʎ:ellos
    """,
    "es-419": """
i:sin u:una ɪ:hay ʊ:aunque e:que o:los a:las p:por b:también t:este d:del k:que ɡ:tengo m:como n:con ɲ:años
ŋ:tengo r:ser ɾ:por β:sobre f:fue ð:todo s:los ʝ:mayor x:mejor ɣ:algo tʃ:mucho j:también w:cuando l:los
    """,
    "fr-fr": """
i:qui y:une u:pour e:était ø:peut o:aux ə:que ɛ:les ɛ̃:bien œ:leur œ̃:quelqu'un ɔ:comme ɔ̃:son a:pas ɑ̃:dans
p:pas b:bien t:tout d:des k:que ɡ:grand m:mais n:une ɲ:ligne f:fait v:avec s:sur z:chose ʃ:chez ʒ:toujours
ʁ:pour j:bien ɥ:lui w:moi l:les
    """,
    "de": """
i:die y:für u:nur ɪ:ich ʏ:heute ʊ:und e:der ø:schön o:oder ə:eine ɛ:des œ:können ɔ:von ɐ:der a:das p:gibt
b:bei t:und d:die k:kann ɡ:gut m:mit n:und ŋ:danke f:von v:wie s:das z:sie ʃ:schon ç:ich x:auch ʁ:war h:hat
ts:zum tʃ:deutschland pf:pflanzen j:jetzt l:als
    """,
    "it": """
i:dei u:una ɪ:cui ʊ:causa e:che o:non ɛ:nel ɔ:cosa a:una p:per b:bene t:questo d:del k:che ɡ:grazie m:come
n:non ɲ:ogni ŋ:vengono r:per ɾ:essere f:fatto v:dove s:sono z:cosa ʃ:scelta ts:senza dz:mezzo tʃ:città
dʒ:già j:più w:questo l:del ʎ:gli
    """,
    "pt": """
i:isso ĩ:ainda ɨ:que u:uma ũ:muito ɪ:mais ɪ̃:tem ʊ:seu ʊ̃:não e:você ẽ:entre o:como õ:com ɛ:ela ɔ:pode ɐ:para
ɐ̃:não a:mais p:para b:também t:tem d:dos k:que ɡ:agora m:uma n:não ɲ:minha ɾ:para f:foi v:você s:você
z:fazer ʃ:mais ʒ:mesmo ʁ:rio j:história w:quando l:ele lˠ:brasil ʎ:melhor
    """,
    "pt-br": """
i:que ĩ:ainda u:uma ũ:muito ɪ:mais ɪ̃:tem ʊ:seu ʊ̃:não e:você ẽ:tem o:por õ:com ɛ:ela ɔ:pode ɐ:para ɐ̃:não
a:para p:para b:também t:tem d:dos k:que ɡ:agora m:uma n:não ɲ:minha ɾ:para f:foi v:você s:mais z:mesmo
ʃ:acho ʒ:hoje h:rio tʃ:este dʒ:dia j:história w:quando l:ele ʎ:melhor
    """,
    "ru": """
i:если ɨ:был u:уже ɪ:его e:все o:что ɛ:это ɐ:это a:как p:при pʲ:теперь b:был bʲ:без t:что tʲ:есть d:когда
dʲ:для k:как kʲ:такие ɡ:когда ɡʲ:деньги m:мне mʲ:меня n:она nʲ:мне r:россии rʲ:при f:все fʲ:фильм v:его
vʲ:человек s:вас sʲ:все z:сказал zʲ:жизни ʂ:что ʐ:уже ɕ:еще x:всех xʲ:стихи ts:является tɕ:очень j:его
lʲ:для lˠ:был
    """,
    "ko": """
i:이 ɯ:는 u:수 e:에 o:고 ɛ:했 ʌ:어 a:하 p:보 pʰ:필요 p̚:없 p͈:뿐 b:일본 t:다 tʰ:부터 t̚:있 t͈:때 d:습니다 k:고
kʰ:크 k̚:적 k͈:까지 ɡ:에게 m:면 n:는 ŋ:등 ɾ:를 s:에서 s͈:쓰 ɕ:시 ɕ͈:씨 h:하 tɕ:지 tɕʰ:같이 tɕ͈:진짜 dʑ:까지 j:면
w:과 ɰ:의 l:을
    """,
    "hi": """
i:कोई ĩ:नहीं u:रूप ũ:हूँ ɪ:लिए ʊ:कुछ e:लिए ẽ:में o:कोई õ:उन्होंने ə:नहीं ɛ:समय ɛ̃:हैं ɔ:कौन a:गया ã:कांग्रेस
p:अपने pʰ:फिर b:बाद bʱ:भारत tʰ̪:साथ t̪:भारत dʱ̪:अधिक d̪:दिया ʈ:पार्टी ʈʰ:ठीक ɖ:मीडिया ɖʱ:ढंग k:किया kʰ:खुद ɡ:गया
ɡʱ:संघ q:वक़्त m:में n:नहीं ɳ:कारण ɲ:पंजाब ŋ:रंग ɾ:करने ɽ:बड़ी f:ऑफ़ s:साथ z:नज़र ʃ:देश ʂ:भाषा x:ख़ुद h:हैं
tʃ:चाहिए tʃʰ:कुछ dʒ:जाता dʒʱ:मुझे ʋ:वाले j:गया w:महिलाओं l:लिए
    """,
    "vi": """
i:khi ɨ:được u:của ɪ:đây ʊ:video e:thể o:một ə:của ɛ:việc ɔ:trong a:các p:pháp b:bạn t:một tʰ:thể c:được
k:của ɗ:được m:một n:này ɲ:như ŋ:không f:phải v:với s:sau z:gia x:không ɣ:gọi h:học tʃ:trong j:người w:vào
l:làm
    """,
    "tr": """
i:için y:büyük ɯ:nasıl u:olduğunu ɪ:bir ʊ:oldu e:değil ø:büyük o:olarak ɛ:ile œ:böyle ɔ:çok æ:ben a:daha
p:yapılan b:bir t:tek d:daha c:gereken ɟ:gibi k:çok ɡ:bugün m:ama n:için ɾ:bir f:tarafından v:var s:sonra
z:güzel ʃ:şey ʒ:john h:daha tʃ:için dʒ:sadece j:iyi w:web l:ile lˠ:olarak
    """,
    "yue": """
i:的 y:与 u:了 e:你 ɵ:对 o:都 ɛ:这 œ:上 ɔ:在 ɐ:有 a:也 p:不 pʰ:朋友 p̚:给 t:的 tʰ:他 t̚:不 k:一个 kʰ:给 k̚:的
m:吗 n:人 ŋ:我 ŋ̩:唔 f:发展 s:是 h:可以 ts:在 tsʰ:从 j:有 w:和 l:了
    """,
}


def sung_languages() -> tuple[str, ...]:
    """The languages whose inventories stand here, by the house's names."""
    return tuple(_WRITTEN)


def inventory(language: str) -> Mapping[str, str]:
    """The phones that a language sings, each with a word that has it; empty where none is written down.

    Raises LyricsError for an unknown language.
    """
    pairs = (entry.partition(":") for entry in _WRITTEN.get(normalise_language(language), "").split())
    return {phone: word for phone, _, word in pairs}


def nearest(phone: str, among: Iterable[str]) -> tuple[str, float]:
    """The phone of `among` whose articulation is nearest, and how far it is (Euclidean, 0 is the same).

    The closure "cl" has no place and is left out. Raises LyricsError for an unknown phone, ValueError where
    `among` has no other.
    """
    own = features(phone)
    far = ((other, dist(own, features(other))) for other in among if other != CLOSURE)
    return min(far, key=lambda found: (found[1], found[0]))
