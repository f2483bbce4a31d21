import fc from "fast-check";
import { expect, test } from "vitest";
import { ChatId, ClientId, newId } from "./ids.ts";
import { appLink, type DeepLink, parseLink, webLink } from "./links.ts";

const servers = fc.constantFrom(
  "https://chat.example.org",
  "https://chat.example.org:8443",
  "http://localhost:4000",
  "http://127.0.0.1:4000",
);
const links: fc.Arbitrary<DeepLink> = fc.oneof(
  servers.map((server): DeepLink => ({ kind: "chat", server, chatId: newId(ChatId) })),
  servers.map((server): DeepLink => {
    return { kind: "message", server, chatId: newId(ChatId), clientId: newId(ClientId) };
  }),
  fc.tuple(servers, fc.stringMatching(/^[A-Za-z0-9_-]{4,64}$/)).map(([server, code]): DeepLink => {
    return { kind: "invite", server, code };
  }),
  fc
    .tuple(servers, fc.option(fc.stringMatching(/^[a-zä0-9]{3,20}$/), { nil: undefined }))
    .map(([server, handle]): DeepLink => {
      return { kind: "sign-in", server, ...(handle !== undefined && { handle }) };
    }),
);

test("V53: what is written as a link is read as the same, for the app and as a page", () => {
  fc.assert(
    fc.property(links, (link) => {
      expect(parseLink(appLink(link))).toEqual(link);
      expect(parseLink(webLink(link))).toEqual(link);
    }),
  );
});

/** A link read once is written and read as itself: nothing half understood is handed on. */
function isStable(text: string): boolean {
  const read = parseLink(text);
  return read === undefined || JSON.stringify(parseLink(appLink(read))) === JSON.stringify(read);
}

test("V53: whatever is added to a link, it is refused or read whole, and nothing throws", () => {
  const unit = fc.nat(0xffff).map((code) => String.fromCharCode(code));
  const extras = fc.string({ unit });
  fc.assert(
    fc.property(links, extras, (link, extra) => {
      const texts = [extra + appLink(link), `parley:${extra}`, appLink(link) + extra, extra];
      expect(texts.filter((text) => !isStable(text))).toEqual([]);
    }),
  );
});

test("V53: the forms of a link, for the app and as a page", () => {
  const server = "https://chat.example.org";
  const [chatId, clientId] = [newId(ChatId), newId(ClientId)];
  const forms: [DeepLink, app: string, page: string][] = [
    [{ kind: "chat", server, chatId }, `chat/${chatId}?`, `chat/${chatId}`],
    [
      { kind: "message", server, chatId, clientId },
      `message/${chatId}/${clientId}?`,
      `message/${chatId}/${clientId}`,
    ],
    [{ kind: "invite", server, code: "moss-1234" }, "invite/moss-1234?", "invite/moss-1234"],
    [{ kind: "sign-in", server }, "sign-in?", "sign-in"],
    [{ kind: "sign-in", server, handle: "ada" }, "sign-in?", "sign-in?handle=ada"],
  ];
  for (const [link, app, page] of forms) {
    expect(webLink(link)).toBe(`${server}/open/${page}`);
    const handle = "handle" in link ? "&handle=ada" : "";
    expect(appLink(link)).toBe(`parley://${app}server=${encodeURIComponent(server)}${handle}`);
  }
});

const id = newId(ChatId);
test.each([
  "",
  "parley:",
  "parley://",
  "parley://chat",
  `parley://chat/${id}`,
  `parley://chat/${id}?server=chat.example.org`,
  `parley://chat/${id}?server=http://chat.example.org`,
  `parley://chat/${id}?server=https://user:secret@chat.example.org`,
  `parley://chat/${id}?server=https://chat.example.org/path`,
  `parley://chat/${id}?server=javascript:alert(1)`,
  `parley://chat/${id}?server=file:///etc/passwd`,
  `parley://chat/${id}/more?server=https://chat.example.org`,
  `parley://chat/${id}?server=https://a.example&server=https://b.example`,
  `parley://chat/${id}?server=https://a.example&then=https://b.example`,
  `parley://chat/${id}?server=https://a.example#x`,
  `parley://chat/../${id}?server=https://a.example`,
  `parley://user@chat/${id}?server=https://a.example`,
  `parley://chat:80/${id}?server=https://a.example`,
  `parley://invite/a b c?server=https://a.example`,
  `parley://invite/${"x".repeat(65)}?server=https://a.example`,
  `parley://sign-in?server=https://a.example&handle=%3Cscript%3E`,
  `parley://invite/abcdef?server=https://a.example&handle=ada`,
  `https://chat.example.org/chat/${id}`,
  `http://chat.example.org/open/chat/${id}`,
  `ftp://chat.example.org/open/chat/${id}`,
  `parley://sign-in?server=https://${"a".repeat(3_000)}.example`,
])("V53: is no link: %s", (text) => {
  expect(parseLink(text)).toBeUndefined();
});
