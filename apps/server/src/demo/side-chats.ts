import { day, type DemoChat, lately } from "./demo-types.ts";

const tomasLucia: DemoChat = {
  kind: "direct",
  members: ["lucia", "tomas"],
  behind: { tomas: { unread: 2 } },
  scenes: [
    day(
      34,
      "06:12",
      ["lucia", "Bom dia! O forno novo chegou ontem 🥖"],
      ["tomas", "E passou pela porta?"],
      ["lucia", "Passou… depois de tirarmos a porta"],
      ["tomas", "Era por isso que eu queria medir primeiro 😅"],
    ),
    day(
      16,
      "19:50",
      ["lucia", "A mãe pergunta se vens no domingo"],
      ["tomas", "Vou, mas chego tarde. A caminhada acaba às três."],
      ["lucia", "Traz fome. Há arroz de polvo e ela fez para doze"],
      ["tomas", "Somos cinco"],
      ["lucia", "Explica-lhe tu"],
    ),
    day(
      4,
      "07:05",
      ["tomas", "Preciso de 30 pastéis de nata para sexta, é o aniversário do Daniel"],
      ["lucia", "30 para quantas pessoas?"],
      ["tomas", "Nove"],
      ["lucia", "Parece-me bem"],
    ),
    lately(70, ["lucia", "Então, chegaram os pastéis?"], ["lucia", "E sobraram? 😏"]),
  ],
};

const tomasOmar: DemoChat = {
  kind: "direct",
  members: ["tomas", "omar"],
  scenes: [
    day(
      21,
      "13:25",
      [
        "omar",
        "مرحبا توماس 😄 my keyboard is fighting me. Do you still have the oak from the old beams?",
      ],
      ["tomas", "All of it, under the blue tarp. 11 pieces, the longest is 3.40"],
      ["omar", "Don't sell it. I see a handrail in it"],
      ["tomas", "I see firewood in the short ones"],
      ["omar", "استغفر الله. I am coming with the van."],
    ),
    day(
      6,
      "17:40",
      ["omar", "About your level"],
      ["tomas", "My LONG level"],
      ["omar", "It has seen things. I will return it with the window"],
    ),
  ],
};

const tomasJonas: DemoChat = {
  kind: "direct",
  members: ["jonas", "tomas"],
  behind: { jonas: { unread: 1 } },
  scenes: [
    day(
      18,
      "15:11",
      [
        "jonas",
        "Kurze Frage: Sind die Fensterlaibungen im Bestand wirklich 36 cm oder hat da jemand geschätzt?",
      ],
      ["tomas", "Gemessen! 36,5 links, 35,5 rechts. Das Haus ist schief, aber ehrlich"],
      ["jonas", "Dann zeichne ich es schief. Ehrlich währt am längsten."],
      ["tomas", "Dein Deutsch wird immer poetischer"],
      ["jonas", "Deins auch, für jemanden aus Setúbal 😉"],
    ),
    day(
      2,
      "14:20",
      [
        "jonas",
        "Der neue Grundriss liegt im Ordner. Die 3 cm von Grete sind drin, die Kücheninsel ist verschoben, alle Steckdosen wandern mit.",
      ],
      ["tomas", "Danke dir! Schaue ich mir heute Abend in Ruhe an"],
    ),
  ],
};

const aishaOmar: DemoChat = {
  kind: "direct",
  members: ["aisha", "omar"],
  scenes: [
    day(
      12,
      "18:02",
      ["aisha", "مساء الخير يا عمر، هل يمكنك صنع رفوف للمكتبة الجديدة إذا فزنا؟"],
      ["omar", "مساء النور! بكل سرور. كم متراً؟"],
      ["aisha", "حوالي أربعمئة متر 🙈"],
      ["omar", "سأحتاج إلى ورشة أكبر… وشاي أكثر"],
    ),
    day(3, "17:30", ["aisha", "فزنا!! 🏆"], ["omar", "ألف مبروك! سأبدأ بالشاي"]),
  ],
};

const priyaKenji: DemoChat = {
  kind: "direct",
  members: ["priya", "kenji"],
  scenes: [
    day(
      15,
      "12:40",
      ["priya", "The curry! मुझे रेसिपी चाहिए, please"],
      ["kenji", "秘密です 🤫 But for you: grated apple, and a little coffee at the end"],
      ["priya", "COFFEE?"],
      ["kenji", "A little"],
    ),
  ],
};

const hikers: DemoChat = {
  kind: "group",
  title: "Sunday hikers 🥾",
  members: ["sofie", "mara", "tomas", "lucia", "noa"],
  behind: { mara: { unread: 1 }, lucia: { unread: 3, undelivered: 3 } },
  scenes: [
    day(
      37,
      "10:00",
      ["sofie", "Who is in on Sunday? 14 km, one hill, soup at the end"],
      ["noa", "In, if “one hill” means one hill"],
      ["tomas", "Last time it was four"],
      ["sofie", "It was one hill with personality"],
      ["mara", "In"],
      ["lucia", "I bring bread"],
    ),
    day(
      34,
      "17:45",
      ["noa", "It was three hills"],
      ["sofie", "And yet here you are, alive, full of soup"],
      ["lucia", "The photo by the mill is on my wall already 📸"],
    ),
    day(
      20,
      "09:30",
      ["tomas", "Rain on Sunday, 90 %. Museum?"],
      ["sofie", "There is no bad weather"],
      ["noa", "There is. I'm a structural engineer, I know about loads. Museum."],
      ["mara", "Museum 🏛️"],
      ["lucia", "Museu! E depois bolo"],
    ),
    lately(
      240,
      ["sofie", "Next Sunday: the lake, flat as a table, I swear on the yellow boats"],
      ["noa", "Flat. In writing. I'm keeping this"],
      ["tomas", "I'm in, and I bring pastéis"],
    ),
  ],
};

const maraNotes: DemoChat = {
  kind: "self",
  members: ["mara"],
  scenes: [
    day(30, "22:05", ["mara", "Shower tray 90×120 flat, matt. Ask for the sample first"]),
    day(
      18,
      "07:12",
      [
        "mara",
        "Stairs Mill Lane: turn the first 3 steps → 18 × 17.2 / 28. Pantry −1 shelf. Handrail 42 mm round (Omar)",
      ],
      ["mara", "Buy boots"],
    ),
    day(6, "23:18", ["mara", "Jury: 0.6 s · children's corner · no column · Noa's roof. Breathe."]),
    day(1, "08:02", [
      "mara",
      "Book drop: outside, under the roof, height 85 cm, must survive Emil",
    ]),
  ],
};

const tomasNotes: DemoChat = {
  kind: "self",
  members: ["tomas"],
  scenes: [
    day(28, "07:01", ["tomas", "Levels lent out: 2× Omar (1 long!), 1× Alvito, 1× unknown"]),
    day(9, "18:30", [
      "tomas",
      "Screed: 75 mm, fibre, heating pipes under pressure 6 bar while pouring",
    ]),
    day(2, "20:14", ["tomas", "Telefone do encarregado de Alvito no caderno azul"]),
  ],
};

/** What goes on beside the office and Mara: other direct chats, a group of friends, notes. */
export const SIDE_CHATS: readonly DemoChat[] = [
  tomasLucia,
  tomasOmar,
  tomasJonas,
  aishaOmar,
  priyaKenji,
  hikers,
  maraNotes,
  tomasNotes,
];
