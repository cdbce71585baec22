"""The names the model knows: which kinds of Tiny ImageNet become which plain word, in English and in French.

The network learns to tell kinds apart; the scores of the kinds of a name are added up. Some kinds it learns without a
name, so that it has seen things that it can't name. All other kinds stay out of training altogether: they are the
unknown things of the measurements.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Name:
    """What the model can say."""

    english: str
    french: str
    kinds: tuple[str, ...]
    """The WordNet ids that a person would call by this name."""


_TABLE = """
abacus              | boulier                 | n02666196
acorn               | gland                   | n12267677
alligator           | alligator               | n01698640
backpack            | sac à dos               | n02769748
banana              | banane                  | n07753592
basketball          | ballon de basket        | n02802426
bathtub             | baignoire               | n02808440
bear                | ours                    | n02132136
bee                 | abeille                 | n02206856
bell pepper         | poivron                 | n07720875
binoculars          | jumelles                | n02841315
boat                | bateau                  | n03447447 n03662601
bottle              | bouteille               | n03983396 n02823428
bow tie             | nœud papillon           | n02883205
bridge              | pont                    | n04366367 n04311004 n04532670
broom               | balai                   | n02906734
bucket              | seau                    | n02909870
bus                 | bus                     | n04146614 n04487081
butterfly           | papillon                | n02279972 n02281406
camel               | dromadaire              | n02437312
candle              | bougie                  | n02948072
car                 | voiture                 | n04285008 n03100240 n03670208 n02814533
cat                 | chat                    | n02124075 n02123045 n02123394
cauliflower         | chou-fleur              | n07715103
chair               | chaise                  | n04099969
chimpanzee          | chimpanzé               | n02481823
coffee              | café                    | n07920052
comic book          | bande dessinée          | n06596364
cow                 | vache                   | n02403003
dog                 | chien                   | n02106662 n02099712 n02099601 n02094433 n02085620 n02113799
dragonfly           | libellule               | n02268443
elephant            | éléphant                | n02504458
fly                 | mouche                  | n02190166
frog                | grenouille              | n01641577 n01644900
goldfish            | poisson rouge           | n01443537
goose               | oie                     | n01855672
grasshopper         | sauterelle              | n02226429
guinea pig          | cochon d'Inde           | n02364673
hourglass           | sablier                 | n03544143
ice cream           | glace                   | n07614500
ice pop             | glace à l'eau           | n07615774
jellyfish           | méduse                  | n01910747
keyboard            | clavier                 | n03085013
koala               | koala                   | n01882714
ladybug             | coccinelle              | n02165456
lamp                | lampe                   | n03637318
lawn mower          | tondeuse à gazon        | n03649909
lemon               | citron                  | n07749582
lighthouse          | phare                   | n02814860
lion                | lion                    | n02129165
lobster             | homard                  | n01984695 n01983481
mushroom            | champignon              | n07734744
music player        | baladeur                | n03584254
orange              | orange                  | n07747607
pan                 | poêle                   | n03400231 n04596742
penguin             | manchot                 | n02056570
pig                 | cochon                  | n02395406
pizza               | pizza                   | n07873807
plate of food       | assiette                | n07579787 n07871810 n07711569
pomegranate         | grenade                 | n07768694
pretzel             | bretzel                 | n07695742
red panda           | panda roux              | n02509815
refrigerator        | réfrigérateur           | n04070727
remote control      | télécommande            | n04074963
sandal              | sandale                 | n04133789
sewing machine      | machine à coudre        | n04179913
snail               | escargot                | n01944390
snake               | serpent                 | n01742172
sock                | chaussette              | n04254777
spider              | araignée                | n01774750 n01774384
spider web          | toile d'araignée        | n04275548
stopwatch           | chronomètre             | n04328186
sunglasses          | lunettes de soleil      | n04356056
table               | table                   | n03201208 n03179701
teapot              | théière                 | n04398044
teddy bear          | ours en peluche         | n04399382
tractor             | tracteur                | n04465501
train               | train                   | n02917067 n03393912
umbrella            | parapluie               | n04507155
van                 | fourgon                 | n03796401 n03977966
volleyball          | ballon de volley        | n04540053
wooden spoon        | cuillère en bois        | n04597913
"""


_UNNAMED = """
    n01768244 n01770393 n01917289 n01945685 n02002724 n02074367 n02231487 n02233338
    n02236044 n02410509 n02423022 n02480495 n02669723 n02730930 n02791270 n02795169
    n02815834 n02843684 n02927161 n02963159 n02988304 n03014705 n03042490 n03126707
    n03250847 n03255030 n03388043 n03424325 n03599486 n03706229 n03763968 n03804744
    n03837869 n03854065 n03902125 n03937543 n03976657 n03992509 n04023962 n04118538
    n04251144 n04259630 n04371430 n04417672 n04486054 n04532106 n04562935 n07875152
    n09246464 n09256479 n09428293
"""
# Kinds that few people have around, and every second one of the kinds that no name was chosen for, by number.


def _read(line: str) -> Name:
    english, french, kinds = (part.strip() for part in line.split("|"))
    return Name(english, french, tuple(kinds.split()))


NAMES: tuple[Name, ...] = tuple(_read(line) for line in _TABLE.strip().splitlines())
"""In the order of the model's scores."""

UNNAMED: tuple[str, ...] = tuple(_UNNAMED.split())
"""The kinds that are trained on without a name."""

KINDS: tuple[str, ...] = (*(kind for name in NAMES for kind in name.kinds), *UNNAMED)
"""Every kind that is trained on, in the order of the network's logits."""

NAME_OF_KIND: dict[str, int] = {kind: place for place, name in enumerate(NAMES) for kind in name.kinds}


def of_names(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Add up the scores of the kinds of each name: (n, kinds) to (n, names). What lacks to 1 has no name."""
    starts = np.cumsum([0, *(len(name.kinds) for name in NAMES)])
    return np.add.reduceat(scores, starts, axis=1)[:, :-1]
