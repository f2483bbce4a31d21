import { day, type DemoChat, lately } from "./demo-types.ts";

const maraTomas: DemoChat = {
  kind: "direct",
  members: ["mara", "tomas"],
  behind: { mara: { unread: 2 } },
  scenes: [
    day(
      36,
      "18:20",
      ["tomas", "Ben asks if we can do the kitchen before Christmas"],
      ["mara", "Which Christmas"],
      ["tomas", "I said that too"],
      ["mara", "Tell him usable yes, finished no. Sink, hob, one worktop."],
      ["tomas", "He will cry with joy"],
    ),
    day(
      27,
      "07:35",
      [
        "mara",
        "Are you at the timber yard already? If they have the 60×200 in C24, take 14 instead of 12.",
      ],
      ["tomas", "Have them. 14. Different stamp on two, I left those there"],
      ["mara", "You're the best"],
    ),
    day(
      19,
      "20:41",
      [
        "tomas",
        "Honest question. Should Grete lead the bathroom by herself? She is ready, she just doesn't know it yet.",
      ],
      [
        "mara",
        "I thought the same on Tuesday. Give it to her, I stay one step behind. If it goes wrong, it's tiles.",
      ],
      ["tomas", "It's always tiles"],
      ["mara", "😄"],
    ),
    day(
      11,
      "12:09",
      [
        "tomas",
        "Photo of the stairs for Ben, can I send it to him or do you want to show him yourself?",
      ],
      ["mara", "Send it. He deserves a good Tuesday"],
      ["tomas", "It's Wednesday"],
      ["mara", "Then he's overdue"],
    ),
    day(
      4,
      "16:27",
      [
        "mara",
        "For the library we need somebody who has built with cross-laminated timber at this span. Do you know anyone?",
      ],
      [
        "tomas",
        "The people from the school in Alvito. They did 18 m without a column. I have the foreman's number, he owes me a level",
      ],
      ["mara", "Does everyone owe you a level?"],
      ["tomas", "It's my pension"],
    ),
    lately(
      130,
      ["tomas", "Screed done. I stood in the door and watched it like a film"],
      ["mara", "Well done. Really. Go home early today"],
      [
        "tomas",
        "I will, the invoice from the pile people is on your desk, it's lower than the offer (!)",
      ],
      ["tomas", "And call Omar about the handrail when you can, he has an idea and it's good"],
    ),
  ],
};

const maraAisha: DemoChat = {
  kind: "direct",
  members: ["aisha", "mara"],
  scenes: [
    day(
      25,
      "14:02",
      [
        "aisha",
        "Do you have ten minutes for the section? I'm going in circles with the clerestory.",
      ],
      ["mara", "Come over, bring the model knife"],
    ),
    day(
      7,
      "22:15",
      ["aisha", "I can't sleep, what if they ask about acoustics"],
      [
        "mara",
        "Then you say: “0.6 seconds in the reading room, measured in the model, and the children's corner is supposed to be loud.” And then you smile.",
      ],
      ["aisha", "0.6, children, smile. شكراً ❤️"],
      ["mara", "Sleep."],
    ),
    day(
      3,
      "15:40",
      ["aisha", "They asked about acoustics"],
      ["mara", "And?"],
      ["aisha", "0.6. Children. Smile."],
      ["mara", "😂❤️"],
    ),
  ],
};

const maraBen: DemoChat = {
  kind: "direct",
  members: ["ben", "mara"],
  behind: { ben: { unread: 1, undelivered: 1 } },
  scenes: [
    day(
      26,
      "19:03",
      [
        "ben",
        "Hi Mara, sorry to write in the evening. The neighbour asks how long the scaffolding will stand in front of her roses.",
      ],
      [
        "mara",
        "Good evening Ben! Until the 12th at the latest. I'll talk to her, and Tomás will tie the roses back properly, he's better with them than with people.",
      ],
      ["ben", "Thank you, that helps a lot."],
    ),
    day(
      16,
      "08:30",
      ["ben", "We chose the tiles! The handmade ones, with the uneven edges."],
      [
        "mara",
        "Wonderful choice. One warning: they take three weeks, so I order today, and I order 12 % more than we need because some will break. You can use the rest as coasters for the next forty years.",
      ],
      ["ben", "Sold."],
    ),
    day(
      2,
      "18:44",
      [
        "mara",
        "The stair drawing with the turned steps is in your folder. Please look at it with your mother, she should say what the handrail feels like, not us.",
      ],
      ["ben", "She says, and I quote, “at last somebody asks”."],
      [
        "mara",
        "Give her my best 😊 And the bank's form is signed, you can pick it up whenever you like.",
      ],
    ),
  ],
};

const maraNoa: DemoChat = {
  kind: "direct",
  members: ["mara", "noa"],
  scenes: [
    day(
      20,
      "10:10",
      ["mara", "Can the library roof do 18 m without the middle row?"],
      [
        "noa",
        "Yes, with depth. 1.10 at the ridge, 0.75 at the wall. Costs you the skylight on the west side.",
      ],
      ["mara", "I'd rather lose the skylight than the space."],
      ["noa", "I hoped you would say that. מעולה, I'll run it tonight"],
    ),
    day(
      3,
      "16:05",
      ["noa", "I'm still smiling"],
      ["mara", "Me too. Drinks on Friday, you choose"],
      ["noa", "לחיים 🥂"],
    ),
  ],
};

const maraKenji: DemoChat = {
  kind: "direct",
  members: ["kenji", "mara"],
  behind: { mara: { unread: 1 } },
  scenes: [
    day(
      10,
      "17:30",
      ["kenji", "Which music for the film? I have a quiet piano and a less quiet piano."],
      ["mara", "Quiet. The building should be the loudest thing in it"],
      ["kenji", "了解です 🎹"],
    ),
    lately(15, [
      "kenji",
      "The jury asked for the film for their website. May I send the version with credits? 全員の名前が入っています",
    ]),
  ],
};

const maraDaniel: DemoChat = {
  kind: "direct",
  members: ["daniel", "mara"],
  scenes: [
    day(
      23,
      "11:47",
      [
        "daniel",
        "Insurance renewal: they offer 4 % less if we confirm nobody climbs scaffolding in clogs.",
      ],
      ["mara", "That was one time."],
      ["daniel", "It was photographed one time."],
      ["mara", "Confirm it. I'll buy boots."],
    ),
    day(
      5,
      "09:26",
      [
        "daniel",
        "Mill Lane, second instalment has arrived. All suppliers are paid, we are 1,840 under budget.",
      ],
      ["mara", "Under? Are you sure you have the right project"],
      ["daniel", "I checked three times, for the joy of it."],
    ),
  ],
};

const maraSofie: DemoChat = {
  kind: "direct",
  members: ["sofie", "mara"],
  scenes: [
    day(
      32,
      "20:10",
      [
        "sofie",
        "Mum wants to know if you're coming for her birthday or “building something again”",
      ],
      ["mara", "Coming. With cake. Tell her the cake is load-bearing"],
      ["sofie", "She laughed. She pretended not to"],
    ),
    day(
      14,
      "21:33",
      ["sofie", "Do you remember the name of the little place at the lake, with the yellow boats?"],
      ["mara", "Strandgården. Why?"],
      ["sofie", "No reason 😇"],
      ["mara", "Sofie."],
      ["sofie", "OK one reason, his name is Emil"],
      ["mara", "I need everything, from the beginning, in order"],
      [
        "sofie",
        "So: I was returning a book that wasn't mine, to a library that was closed, and there is a man on the steps with the same problem and a thermos. He says the book drop is broken. I say it's been broken since spring. He says he knows, he's the one who is supposed to fix it, and would I like some coffee while he doesn't. That was four weeks ago. The drop is still broken. I've never read so much in my life.",
      ],
      ["mara", "I love him"],
      ["sofie", "You build them a better book drop and I'll marry him on the steps"],
    ),
    day(
      3,
      "15:55",
      ["mara", "Sofie. We won the library."],
      ["sofie", "AAAAAAAAAAAAA"],
      ["sofie", "Does it have steps??"],
      ["mara", "Eleven. And a book drop that works."],
      ["sofie", "😭😭💛"],
    ),
  ],
};

/** The direct chats of Mara, whose sign-in the demo gives. */
export const MARA_CHATS: readonly DemoChat[] = [
  maraTomas,
  maraAisha,
  maraBen,
  maraNoa,
  maraKenji,
  maraDaniel,
  maraSofie,
];
