type Filter = { urls: string[] };
type Details = {
  url: string;
  method: string;
  resourceType: string;
  responseHeaders?: Record<string, string[]>;
};
type Decision = {
  cancel?: boolean;
  redirectURL?: string;
  responseHeaders?: Record<string, string | string[]>;
};
type Listener = (details: Details, decide: (decision: Decision) => void) => void;
type Hook = { matches: (url: string) => boolean; listener: Listener };

/** The two hooks by which an app blocks requests or adds headers. */
export class WebRequest {
  #beforeRequest: Hook | null = null;
  #headersReceived: Hook | null = null;

  onBeforeRequest(first: Filter | Listener | null, listener?: Listener | null): void {
    this.#beforeRequest = hookOf(first, listener);
  }

  onHeadersReceived(first: Filter | Listener | null, listener?: Listener | null): void {
    this.#headersReceived = hookOf(first, listener);
  }

  static async isBlocked(requests: WebRequest, details: Details): Promise<boolean> {
    const decision = await ask(requests.#beforeRequest, details);
    return decision.cancel === true;
  }

  static async headers(
    requests: WebRequest,
    details: Details,
    headers: Record<string, string>,
  ): Promise<Record<string, string>> {
    const responseHeaders: Record<string, string[]> = {};
    for (const [name, value] of Object.entries(headers)) responseHeaders[name] = [value];
    const decision = await ask(requests.#headersReceived, { ...details, responseHeaders });
    if (!decision.responseHeaders) return headers;
    const entries = Object.entries(decision.responseHeaders);
    return Object.fromEntries(
      entries.map(([name, value]) => [name.toLowerCase(), [value].flat().join(", ")]),
    );
  }
}

function hookOf(first: Filter | Listener | null, second?: Listener | null): Hook | null {
  const listener = typeof first === "function" ? first : second;
  if (!listener) return null;
  const patterns = typeof first === "function" || !first ? ["<all_urls>"] : first.urls;
  return { matches: (url) => patterns.some((pattern) => matchesPattern(pattern, url)), listener };
}

function matchesPattern(pattern: string, url: string): boolean {
  if (pattern === "<all_urls>") return true;
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${source}$`).test(url);
}

async function ask(hook: Hook | null, details: Details): Promise<Decision> {
  if (!hook?.matches(details.url)) return {};
  return new Promise((resolve) => {
    hook.listener(details, resolve);
  });
}
