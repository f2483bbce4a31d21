/**
 * The one table of limits. Server checks, client checks and the documentation read it;
 * nothing else in the project states these numbers again.
 */
export const LIMITS = {
  /** E4: length of a message's text, in UTF-16 code units. */
  textUnits: 65_536,
  /** E4: size of a payload as UTF-8. Leaves room for JSON escapes of a full text. */
  payloadBytes: 204_800,
  /** E2: a larger socket frame closes the connection (one flush of small items, or one full payload). */
  frameBytes: 1_048_576,
  /** E2: a larger HTTP body answers 413. Uploads have their own route and limit. */
  bodyBytes: 65_536,
  /** E2: a connection with more than this unsent is dropped and resyncs. */
  unsentBytes: 1_048_576,
  /** S11: items of one flush. */
  flushItems: 50,
  /** S11: bytes of payload in one flush, so that a flush always fits a frame. */
  flushBytes: 524_288,
  /** Members of a group, the owner included. */
  groupMembers: 1_024,
  /** S8: up to this many members, everyone gets everyone's watermarks. */
  receiptDetailMembers: 32,
  /** Accounts that one command may add to a group. */
  addMembers: 256,
  /** Marks in one receipt batch. */
  receiptMarks: 200,
  /** S8: receipt batches a connection may send a second. */
  receiptBatchesPerSecond: 4,
  /** V43: in larger groups marks wait this long for each member, at most `receiptPatienceMs`. */
  receiptPatiencePerMemberMs: 20,
  receiptPatienceMs: 10_000,
  /** V43: a read mark waits no longer than this while the account has another connection. */
  readPatienceMs: 1_000,
  /** S8: how long the row of a receipt move is kept, in days. */
  receiptMoveDays: 90,
  /** Events in one history page. */
  pageEvents: 200,
  /** Events in one pull over several chats. */
  pullEvents: 500,
  /** S13: messages that one request asks about whether they were erased. */
  erasedNames: 500,
  /** Chats named in one pull. */
  pullChats: 100,
  /** Approximate size of a page or pull: the server stops adding events past it. */
  pageBytes: 524_288,
  /** S6b: ranges that one pull names of a chat. */
  heldRanges: 64,
  /** V40: different keys under which people react to one message. */
  reactionKeys: 50,
  /** S6b: moved targets that one answer lists of a chat. */
  movedTargets: 1_000,
  /** S1: values of one account. */
  accountValues: 20_000,
  /** S1: values in one put. */
  valuePuts: 50,
  /** S1: a draft is sent to the server at most this often. */
  draftSyncMs: 3_000,
  /** S6b: missing more than this many events of a chat answers with a snapshot. */
  snapshotGapEvents: 2_000,
  /** Items of one hello page. */
  helloItems: 200,
  /** S6: the server sends what a lost frame may have hidden this often. */
  healIntervalMs: 30_000,
  /** V37: the server asks every connection for a sign of life this often ... */
  pingIntervalMs: 15_000,
  /** V37: ... and either side gives up a connection that has been silent for so much longer. */
  pingTimeoutMs: 15_000,
  /** V37: a client whose request is unanswered for so long asks whether the connection still stands ... */
  doubtAfterMs: 5_000,
  /** V37: ... and replaces it when the answer takes longer than this. */
  checkMs: 4_000,
  /** V38: connections that the server greets (token, welcome, hello) at a time. */
  arrivalsAtOnce: 128,
  /** V38: how long a connection waits for its turn before it is told when to come again. */
  arrivalWaitMs: 4_000,
  /** V38: how long a connection that says no hello counts as arriving. */
  arrivalHoldMs: 500,
  /** S10: accounts whose presence one connection may watch. */
  presenceWatches: 50,
  /** S10: chats a connection may have open (typing is sent only to those). */
  openChats: 16,
  /** S10: typing shows this long after its last signal. */
  typingShownMs: 6_000,
  /** S10: a typist repeats the signal at most this often. */
  typingRepeatMs: 3_000,
  /** S18: how long a device's attention holds ... */
  attentionMs: 30_000,
  /** S18: ... how often it is said again while it lasts ... */
  attentionRenewMs: 20_000,
  /** S18: ... and how long other devices wait with alerts for chats in view there. */
  attentionWaitMs: 5_000,
  mentions: 256,
  mediaIds: 32,
  /** Names of people, in UTF-16 code units. */
  nameUnits: 64,
  handleMinChars: 2,
  handleMaxChars: 32,
  passwordMinChars: 8,
  passwordMaxChars: 256,
  titleUnits: 128,
  deviceNameUnits: 64,
  /** V57: devices of an account that a list of them names, the newest. */
  listedDevices: 100,
  searchUnits: 64,
  searchResults: 25,
  /** X2: life of an access token. */
  accessTokenSeconds: 900,
  inviteHours: 168,
  /** Failed sign-ins of one handle before it pauses. */
  signInTries: 5,
  /** How long a handle pauses after too many failed sign-ins. */
  signInPauseSeconds: 60,
  /** Socket events a connection may send a second, averaged; bursts of five times as many pass. */
  eventsPerSecond: 100,
  /** HTTP requests of one address a minute, to routes that need no token. */
  anonymousRequestsPerMinute: 120,
  /** HTTP requests of one account a minute. */
  accountRequestsPerMinute: 600,
  /** V60: times that one device may have its tokens renewed a minute. */
  refreshesPerMinute: 60,
  /** V60: pages of links that one address may have a minute. */
  linkPagesPerMinute: 300,
  /** Connections of one account. */
  connectionsPerAccount: 20,
  /** Time a connection may take to authenticate. */
  authenticateMs: 10_000,
  /** No stored value of a client database exceeds this. */
  storedValueBytes: 262_144,
  /** Revisions of a draft that are kept. */
  draftRevisions: 50,
} as const;
