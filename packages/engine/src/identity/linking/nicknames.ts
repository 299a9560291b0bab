/**
 * Given names in English with their usual short forms, the full name first. A short form of several names stands with
 * the commonest, and spellings of one name stand together: they only have to be the same in both records.
 */
const LINES = `
abigail abby gail
abraham abe abram
albert al bert
alexander alex alec sandy alexandra alexandria sasha
alfred alf fred
allan alan allen al
amanda mandy
andrew andy drew
ann anne anna annie nan nancy
anthony tony antony
antonia toni
archibald archie
arthur art artie
augustus gus august
barbara barb babs barbie
bartholomew bart
benjamin ben benny benji
bernard bernie
bradley brad
bridget biddy bridie
calvin cal
caroline carrie carolyn caro
catherine cathy katherine kathy kate katie kathryn kitty kit kay katharine cathie
charles charlie chuck chas charley
charlotte lottie
christine chris christina tina chrissie
christopher topher christoph
clarence clarrie
clifford cliff
constance connie
cornelius con neil
curtis curt
cynthia cindy
daniel dan danny
david dave davy
deborah debbie deb debra
dennis denny
donald don donnie
dorothy dot dolly dottie
douglas doug
edmund ned
edward ed eddie ted teddy eddy
edwin
eleanor ellie nell nellie nora elinor
elizabeth liz beth betty lizzie eliza elisabeth bess bessie betsy libby elsie lisa
emily em emmy
ernest ernie
eugene gene
florence flo flossie
frances fran fanny francie
francis frank frankie franklin
frederick freddie freddy frederic
gabriel gabe
geoffrey geoff jeffrey jeff jeffery
gerald gerry jerry gerard
gertrude gertie
gilbert gil
gregory greg gregg
gwendolyn gwen
harold
harriet hattie
henry harry hal hank
herbert herb
horace
howard howie
hugh hughie
isaac ike
isabella isabel bella isobel izzy belle
jacob jake
jacqueline jackie jacquie
james jim jimmy jamie jem jas
janet jan
jane janie jenny jennie jennifer jen
jessica jess jessie
joanna jo joanne joan
john jack johnny jon jock johnnie
jonathan jonny
joseph joe joey jos
josephine josie
joshua josh
judith judy
julia julie
katrina trina
kenneth ken kenny
kimberly kim
lawrence larry laurence laurie lawrie
leonard len lenny leo
leslie les
lewis lew louis lou louie
lillian lil lily lilian
louisa louise
lucille lucy lucinda
madeline maddie madeleine
margaret maggie meg peggy marge margie greta madge daisy peg
maria marie mary molly polly may mamie
martha mattie
martin marty
matilda tilly
matthew matt mat
maurice morris
maximilian max
melissa lissa mel
michael mike mick mickey micky
michelle shelly
mildred millie
mitchell mitch
montague monty
nathaniel nathan nat nate
nicholas nick nicky nicolas
norman norm
oliver ollie
oswald ozzie
pamela pam
patricia pat patty trish tricia patsy
patrick paddy
penelope penny
percival percy
peter pete
philip phil phillip
priscilla cilla
rachel rae
raymond ray
rebecca becky becca
reginald reg reggie
richard dick rick ricky rich richie dickie
robert bob rob bobby robbie bert robin
roderick rod roddy
roger rodge
ronald ron ronnie
rosemary rosie rose
rudolph rudy
russell russ
samantha sammy
samuel sam
sarah sally sadie sara
sebastian seb
sidney sid sydney
simon si
solomon sol
sophia sophie
stanley stan
stephen steve steven stevie
stuart stu stewart
susan sue susie suzanne susanna susannah
sylvester sly
terence terry terrance
theodore theo
theresa terri tess teresa tracy
thomas tom tommy thos
timothy tim
tobias toby
valentine val
vernon vern
victor vic
victoria vicky tori vicki
vincent vince vinny
virginia ginny
walter walt wally
wilfred wilf
william bill will billy willie liam wm willy
winifred winnie
zachary zach zack
`;

const names: string[] = [];
const fullNames: string[] = [];
for (const line of LINES.trim().split('\n')) {
  const [full = '', ...others] = line.split(' ');
  for (const name of [full, ...others]) {
    if (names.includes(name)) continue;
    names.push(name);
    fullNames.push(full);
  }
}

/** Short forms and, at the same places, the names that they stand for. */
export const nicknames: { readonly names: readonly string[]; readonly fullNames: readonly string[] } = {
  names,
  fullNames,
};
