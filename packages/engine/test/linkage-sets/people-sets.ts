import {
  capital,
  dateOf,
  digits,
  Draw,
  inventWords,
  mistype,
  twoFiles,
  type LinkageRow,
  type LinkageSet,
} from './draw-values.ts';

/** Given names with what they are called among friends. */
const CALLED = [
  'william bill will billy',
  'robert bob rob bobby',
  'elizabeth liz beth betty lizzie',
  'margaret peggy maggie meg',
  'james jim jimmy jamie',
  'john jack johnny',
  'richard dick rick',
  'thomas tom tommy',
  'katherine kate kathy katie',
  'michael mike mick',
  'edward ted ed eddie',
  'joseph joe joey',
  'charles charlie chuck',
  'susan sue susie',
  'patricia pat patty trish',
  'jennifer jenny jen',
  'anthony tony',
  'daniel dan danny',
  'christopher chris kit',
  'samuel sam',
  'victoria vicky tori',
  'rebecca becky',
  'henry harry hal',
  'andrew andy drew',
  'deborah debbie',
  'stephen steve',
  'alexander alex sandy',
  'matthew matt',
  'nancy',
  'laura',
  'helen',
  'george',
  'frank',
  'ruth',
  'alice',
  'walter walt',
  'arthur art',
  'emma',
  'martha',
  'grace',
].map((line) => line.split(' '));
const SURNAMES = inventWords(11, 900);
const STREETS = inventWords(12, 400);
const TOWNS = inventWords(13, 80);
const STREET_KINDS = [
  ['street', 'st'],
  ['road', 'rd'],
  ['avenue', 'ave'],
  ['lane', 'ln'],
  ['drive', 'dr'],
] as const;
const DOMAINS = ['gmail.com', 'yahoo.com', 'hotmail.com', 'outlook.com', 'mail.ru', 'qq.com'];

interface Person {
  readonly names: readonly string[];
  readonly middle: string;
  readonly surname: string;
  readonly born: number;
  readonly street: string;
  readonly kind: readonly [string, string];
  readonly town: number;
  readonly zip: string;
  readonly phone: string;
  readonly email: string;
}

function makePerson(draw: Draw): Person {
  const names = draw.common(CALLED);
  const surname = draw.common(SURNAMES);
  const town = draw.below(TOWNS.length);
  return {
    names,
    middle: draw.chance(0.6) ? draw.pick(CALLED)[0]! : '',
    surname,
    born: 14_000 + draw.below(26_000),
    street: `${1 + draw.below(250)} ${draw.pick(STREETS)}`,
    kind: draw.pick(STREET_KINDS),
    town,
    zip: String(27_000 + town * 7 + draw.below(3)),
    phone: `${200 + draw.below(700)}${digits(draw, 7)}`,
    email: `${names[0]![0]}${draw.pick(['.', '', '_'])}${surname}${draw.chance(0.5) ? draw.below(100) : ''}@${draw.pick(DOMAINS)}`,
  };
}

/** Two states of a register of voters, some years apart: women marry, people move, clerks mistype. */
export function voters(count: number): LinkageSet {
  const people = Array.from({ length: count * 2 }, (_, index) => makePerson(new Draw(index + 1000)));
  return twoFiles(
    ['first_name', 'middle_name', 'last_name', 'age', 'sex', 'street_address', 'city', 'zip'],
    { first: count, second: count, both: Math.floor(count * 0.6) },
    (entity, file) => {
      const draw = new Draw(entity * 2 + (file === 'a' ? 0 : 1) + 5000);
      const person = people[entity]!;
      const later = file === 'b';
      const moved = later && draw.chance(0.15);
      const home = moved ? makePerson(draw) : person;
      const first = later && draw.chance(0.08) ? draw.pick(person.names) : person.names[0]!;
      const surname = later && draw.chance(0.05) ? draw.common(SURNAMES) : person.surname;
      return [
        later && draw.chance(0.05) ? mistype(first, draw) : first,
        later && draw.chance(0.3) ? person.middle.slice(0, 1) : person.middle,
        later && draw.chance(0.06) ? mistype(surname, draw) : surname,
        String(Math.floor((43_000 - person.born) / 365) + (later ? 2 + draw.below(2) : 0)),
        entity % 2 === 0 ? 'F' : 'M',
        `${home.street} ${home.kind[draw.below(2)]}`,
        TOWNS[home.town]!,
        home.zip,
      ].map((value) => value.toUpperCase());
    },
  );
}

/** How a person is written down by somebody else, with everything that happens at a counter. */
function writeContact(person: Person, draw: Draw): string[] {
  const iso = dateOf(person.born);
  const [year, month, day] = iso.split('-') as [string, string, string];
  let first = draw.chance(0.25) ? draw.pick(person.names) : person.names[0]!;
  let last = draw.chance(0.12) ? mistype(person.surname, draw) : person.surname;
  if (draw.chance(0.06)) [first, last] = [last, first];
  const phone = draw.pick([
    person.phone,
    `+1 ${person.phone.slice(0, 3)}-${person.phone.slice(3, 6)}-${person.phone.slice(6)}`,
    `(${person.phone.slice(0, 3)}) ${person.phone.slice(3, 6)} ${person.phone.slice(6)}`,
    `001${person.phone}`,
  ]);
  const [local] = person.email.split('@');
  const values = [
    capital(first),
    capital(last),
    draw.chance(0.08) ? `${year}-${day}-${month}` : draw.chance(0.06) ? mistype(iso, draw) : iso,
    draw.chance(0.1) ? mistype(phone, draw) : phone,
    draw.chance(0.2) ? `${local}@${draw.pick(DOMAINS)}` : person.email,
    `${person.street} ${person.kind[draw.below(2)]}, ${TOWNS[person.town]}`,
  ];
  // Half of what could be known is not: but not all of it.
  return values.map((value, place) => (place > 1 && draw.chance(0.35) ? '' : value));
}

const CONTACT_COLUMNS = ['first_name', 'last_name', 'birth_date', 'phone', 'email', 'address'];

/** One file in which most people stand once, and others up to ten times. */
export function contacts(count: number): LinkageSet {
  const rows: LinkageRow[] = [];
  for (let entity = 0; entity < count; entity++) {
    const draw = new Draw(entity + 70_000);
    const person = makePerson(draw);
    const copies = draw.chance(0.5) ? 1 : draw.chance(0.8) ? 2 + draw.below(2) : 4 + draw.below(7);
    for (let copy = 0; copy < copies; copy++)
      rows.push({ id: `r${entity}-${copy}`, file: 'a', entity, values: writeContact(person, draw) });
  }
  return { columns: CONTACT_COLUMNS, rows };
}

/** Two files of which each lacks what the other knows in half of its rows, with dates in another order. */
export function sparsePeople(count: number): LinkageSet {
  return twoFiles(
    ['name', 'born', 'mobile', 'mail'],
    { first: count, second: count, both: Math.floor(count / 2) },
    (entity, file) => {
      const person = makePerson(new Draw(entity + 300_000));
      const draw = new Draw(entity * 2 + (file === 'a' ? 1 : 2) + 900_000);
      const [first, last, born, phone, email] = writeContact(person, draw) as [
        string,
        string,
        string,
        string,
        string,
      ];
      const [year, month, day] = born.split('-') as [string, string, string];
      return [
        file === 'a' ? `${first} ${last}` : `${last}, ${first}`,
        file === 'a' || born === '' ? born : `${day}/${month}/${year}`,
        phone,
        email,
      ];
    },
  );
}
