"""Words of five languages that say nothing of what an answer is about. Pure."""

_ENGLISH = """
a about after again all also always am an and any are as at be because been before being but by
can cannot can't could did didn't do does doesn't doing don't done down each even every for from
get gets getting go goes going got had has have having he her here him his how i i'd i'll i'm i've
if in into is isn't it it's its just know let like lot made make makes many may me might more most
much must my need never no not nothing now of off ok on one only or other our out over own people
person please put really said same say says see she should so some something sometimes still such
take tell than that that's the their them then there these they they're thing things think this
those though to too up us use very want wants was wasn't way we we're well went were what when
where which while who why will with won't would you you're your yes maybe dont cant im its didnt
isnt wont thats
"""
_POLISH = """
a aby albo ale ani bardzo bez bo być była było były bym być ci cię co coś czy dla do gdy gdzie go
i ich ile im inne innych ja jak jako je jego jej jest jestem jeszcze jeśli już kiedy kto która
które który ktoś lub ma mają mam mi mieć mnie może można mój moja moje my na nad nam nas nasz
nawet nic nie niech niż no o od on ona one oni ono oraz po pod przez przy się są ta tak także tam
te tego tej ten też to tu tutaj ty tylko tym tych u w we więcej więc właśnie wszystko z za zawsze
ze że żeby chcę trzeba powinno powinni ludzie rzeczy
"""
_ROMANIAN = """
a acea aceasta acest acesta aceste acolo ai aici al ale am ar are as asta astfel au avea avem aș
bine ca cam care ce cel cele cine cu cum când că cât da dacă dar de deci decât despre din doar
după e ea ei el ele eram este eu fac face fi fie fost foarte fără iar ii il imi in intr la le lor
lui mai mă mea mei meu mi mult multe mulți ne nici nimic noi nostru nu o or oamenii orice pe
pentru prea prin sa sau se si sunt să spre știu te toate tot toți tu un una unde unei unele unor
unui vor vrea vreau și în îmi îl îi lucruri ceva
"""
_ARABIC = """
في من على الى إلى عن مع هذا هذه ذلك تلك هو هي هم هن انا أنا نحن انت أنت ان أن إن لا ما لم لن قد
كان كانت يكون تكون كل بعض او أو و ثم لكن اذا إذا لو التي الذي الذين هناك هنا عند بعد قبل حتى كما
كيف لماذا متى اين أين ماذا ليس غير فقط جدا ايضا أيضا اكثر أكثر شيء اشياء أشياء يجب اريد أريد نريد
الناس لان لأن عندما مثل بين لي لنا له لها لهم بها به فيه فيها
"""
_URDU = """
اور کے کی کا کو میں سے پر نے ہے ہیں تھا تھی تھے ہو ہوں ہوتا ہوتی ہوتے یہ وہ کہ جو تو بھی ہی نہیں
نہ ہم تم آپ مجھے مجھ میرا میری میرے ہمیں ہمارا ہماری ہمارے ان اس کسی کوئی کچھ سب بہت زیادہ ایک لیے
لئے ساتھ بعد پہلے جب تک اگر لیکن کیا کیوں کب کہاں کیسے کر کرنا کرتے کرتا کرتی کریں کرے گا گی گے
چاہیے چاہئے چاہتا چاہتی لوگ لوگوں بات چیز چیزیں وہاں یہاں
"""

COMMON = frozenset(" ".join((_ENGLISH, _POLISH, _ROMANIAN, _ARABIC, _URDU)).split())
