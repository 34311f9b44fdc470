"""English sentences for the teacher to speak: ours, made by a small grammar over many words.

They need not be wise. They have to bring every English sound beside every other, in words that songs use.
"""

from __future__ import annotations

import random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_NOUNS = _words(
    "river mountain ocean shadow window garden summer winter autumn morning evening midnight thunder"
    " lightning rainbow feather diamond silver treasure measure pleasure vision melody rhythm harmony"
    " chorus guitar piano violin trumpet drummer singer dancer teacher stranger brother sister mother"
    " father daughter neighbor captain sailor soldier doctor lawyer farmer baker angel devil dragon tiger"
    " lion rabbit pigeon sparrow eagle dolphin whale spider butterfly flower rose lily orchard forest"
    " meadow valley island desert canyon harbor bridge tower castle palace cottage village city street"
    " corner highway railway station engine wheel bottle glass coffee sugar honey butter bread apple"
    " orange cherry peach lemon onion cabbage chicken kitchen table chair mirror candle lantern fire flame"
    " smoke ash dust stone gold iron copper paper letter picture story journey voyage dream wish promise"
    " secret answer question reason season moment minute hour future past memory heart soul breath voice"
    " face eye ear mouth tooth tongue finger shoulder elbow knee thumb thigh cloth clothes jacket shirt"
    " shoe boot hat glove ring watch purse pocket money coin boy girl child baby friend lover king queen"
    " prince knight joy noise toy oil soil choice cow crowd cloud sound town mouse house south north earth"
    " birth church judge edge age page stage bus fuzz bush book hook wood wool moon spoon tune juice truth"
    " youth booth beige garage mirage azure leisure whisper wisdom wave vow valve view value zebra zero"
    " zone zoo yacht yard year youngster union uniform hedge hill hope human thief thread throne thought"
    " weather leather breeze freeze squeeze string spring splash scream sketch square squirrel stream"
    " strength length width month depth twelfth sixth world pearl curl whirl fern verb nerve search purple"
    " circle turtle journal work word bird chime shine shell shore share shame fish dish brush wash witch"
    " match lunch branch bench beach"
)
_ADJECTIVES = _words(
    "golden silver crimson purple yellow orange hollow narrow shallow gentle bitter sweet tender lonely"
    " lovely lazy crazy dizzy busy easy heavy hungry thirsty angry happy merry sorry pretty ugly early"
    " quiet loud proud brown round bright light dark cold warm hot cool young old new few wild mild kind"
    " blind brave great small tall short long wrong strong soft lost broken frozen hidden wooden sudden"
    " modern ancient precious vicious special social usual casual strange huge royal loyal noisy joyful"
    " careful hopeful awful lawful smooth rough tough thick thin thousand fourth fifth other another"
    " northern southern worthy healthy rich poor pure sure square rare fair fierce clear near weird"
    " fearless endless restless timeless faithful humble simple single double little awake alive alone"
    " afraid asleep unknown unique beautiful"
)
_VERBS = _words(
    "follows carries catches teaches watches washes touches reaches chooses loses uses raises praises"
    " breathes bathes clothes loves leaves lives gives saves moves proves believes deceives grabs rubs"
    " holds folds finds minds needs feeds reads hides rides guides begs hugs drags sings rings brings"
    " hangs thanks thinks drinks breaks takes makes shakes wakes knocks locks likes strikes asks helps"
    " keeps sweeps hopes stops drops laughs coughs writes waits meets greets fights lights shouts counts"
    " wants hears fears tears wears shares scares burns turns learns earns charms warms forms storms calls"
    " falls pulls fills feels heals steals smells tells knows shows throws grows blows plays says stays"
    " obeys enjoys destroys annoys employs allows ploughs vows measures treasures pleases teases buzzes"
    " judges changes arranges manages encourages imagines remembers discovers uncovers gathers bothers"
    " smothers wonders wanders answers whispers murmurs conquers chews views pushes cooks looks shook"
    " understood misunderstood would could should swallowed borrowed thought caught"
)
_ADVERBS = _words(
    "slowly quickly gently softly loudly proudly sadly gladly madly badly nearly clearly dearly early"
    " only always never ever forever together tomorrow tonight today yesterday again away alone around"
    " about above below behind beyond beneath between beside inside outside upstairs downstairs everywhere"
    " nowhere somewhere maybe perhaps almost already altogether usually casually visually smoothly truly"
    " newly fully wholly anyhow anyway somehow hour by day year one side"
)
_DETERMINERS = _words("the a my your his her our their this that every each another some no any one")
_PREPOSITIONS = _words(
    "under over into onto across along around through without within against among upon towards near"
    " behind beyond before after above below beside between beneath inside outside with from for by at"
)
_SUBJECTS = _words(
    "I you he she we they nobody everybody somebody anyone who Johnny Mary Joyce Ruth Judith George"
    " Charles Vivian Yvonne Zachary Thomas Theo Heather Shirley Howard Troy Oliver Eugene Audrey Ursula"
    " Wendy"
)
_AUXILIARIES = _words("will can must should could would might may")
_INFINITIVES = _words(
    "sing dance fly fall rise run hide seek find lose hold fold break take give live love leave believe"
    " stay pray play say lie cry try die buy sigh go know grow show throw flow glow blow follow swallow"
    " borrow enjoy destroy choose use move prove do view chew measure treasure judge change arrange catch"
    " teach reach touch watch wash push pull cook look feel heal steal hear fear wear share care dare burn"
    " turn learn earn work search think thank drink wink bring ring long belong breathe bathe soothe"
    " smooth bother gather wander wonder murmur whisper answer remember imagine stop hope help keep ask"
    " dream scream"
)
_CRIES = _words("oh ah hey yeah la na whoa ooh hush goodbye hello darling baby hallelujah alleluia farewell")


def sentences(count: int, seed: int = 1) -> list[str]:
    """`count` different sentences, the same for the same seed."""
    draw = random.Random(seed)
    made: dict[str, None] = {}
    while len(made) < count:
        made[_PATTERNS[len(made) % len(_PATTERNS)](draw)] = None
    return list(made)


def _noun_phrase(draw: random.Random) -> str:
    determiner = draw.choice(_DETERMINERS)
    words = [draw.choice(_ADJECTIVES), draw.choice(_NOUNS)] if draw.random() < 0.6 else [draw.choice(_NOUNS)]
    if determiner == "a" and words[0][0] in "aeiou" and not words[0].startswith(("uni", "use", "usu")):
        determiner = "an"
    return " ".join([determiner, *words])


def _statement(draw: random.Random) -> str:
    where = f"{draw.choice(_PREPOSITIONS)} {_noun_phrase(draw)}"
    return f"{_noun_phrase(draw)} {draw.choice(_VERBS)} {draw.choice(_ADVERBS)} {where}."


def _promise(draw: random.Random) -> str:
    verbs = draw.sample(_INFINITIVES, 2)
    return (
        f"{draw.choice(_SUBJECTS)} {draw.choice(_AUXILIARIES)} {verbs[0]} {_noun_phrase(draw)},"
        f" and {verbs[1]} {draw.choice(_ADVERBS)}."
    )


def _lyric(draw: random.Random) -> str:
    return (
        f"{draw.choice(_CRIES)}, {draw.choice(_SUBJECTS)} {draw.choice(_AUXILIARIES)}"
        f" {draw.choice(_INFINITIVES)} {draw.choice(_PREPOSITIONS)} {_noun_phrase(draw)}"
        f" {draw.choice(_ADVERBS)}."
    )


def _list(draw: random.Random) -> str:
    words = draw.sample(_NOUNS, 2) + draw.sample(_ADJECTIVES, 2) + draw.sample(_INFINITIVES, 2)
    draw.shuffle(words)
    return " ".join(words) + "."


_PATTERNS = (_statement, _promise, _lyric, _list)
