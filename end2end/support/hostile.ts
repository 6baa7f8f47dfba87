// A site of somebody who means ill, for pages that attack the portal out of a browser in which a victim is signed in. Knows what such
// a page can do with another site's addresses; what must come of it is the journeys' to check.

import type { Page } from "@playwright/test";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The portal's own name in these journeys. Browsers find everything below `localhost` on this machine, and trust it as they trust TLS. */
export const PORTAL_HOST = "portal.vendor.localhost";

const SERVER_FUNCTIONS = resolve(import.meta.dirname, "../../src/ui/api");

/** The bodies that a form of any site can send without being asked whether it may. */
export const ENCODINGS = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"] as const;

export type Answers = Record<string, string>;

/** An empty page under three names, whose script is what a test runs in it. */
export class HostileSite {
  private constructor(private readonly server: Server) {}

  static async start(): Promise<HostileSite> {
    const server = createServer((_, answer) => {
      answer.setHeader("content-type", "text/html; charset=utf-8");
      answer.end("<!doctype html><title>You have won</title><body></body>");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new HostileSite(server);
  }

  /** Where it stands: on a site of its own, on another port of the portal's host, and under a name beside the portal's. To the latter two a browser sends the portal's cookies along. */
  get origins(): string[] {
    const { port } = this.server.address() as AddressInfo;
    return ["127.0.0.1", PORTAL_HOST, "evil.vendor.localhost"].map((host) => `http://${host}:${port}`);
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, "close");
  }
}

/** The names of all server functions, as their sources have them. */
export function listServerFunctions(): string[] {
  const sources = readdirSync(SERVER_FUNCTIONS).map((file) => readFileSync(join(SERVER_FUNCTIONS, file), "utf8"));
  return sources.flatMap((source) => [...source.matchAll(/#\[server\(endpoint = "(\w+)"/g)].map(([, name]) => name!));
}

/** Does something, and gives the statuses of everything that was asked for at an origin meanwhile, those too that the page itself may not learn. */
export async function statusesDuring(page: Page, origin: string, act: () => Promise<unknown>): Promise<number[]> {
  const session = await page.context().newCDPSession(page);
  const asked = new Set<string>();
  const answered = new Map<string, number>();
  session.on("Network.requestWillBeSent", ({ requestId, request }) => {
    if (request.url.startsWith(origin)) asked.add(requestId);
  });
  session.on("Network.responseReceivedExtraInfo", ({ requestId, statusCode }) => answered.set(requestId, statusCode));
  await session.send("Network.enable");
  await act();
  const statuses = () => [...asked].flatMap((id) => answered.get(id) ?? []);
  // The browser tells of them a little later than the page hears; of what it did not let through, never.
  for (let waits = 0; statuses().length < asked.size && waits < 20; waits += 1) await sleep(50);
  await session.detach();
  return statuses();
}

/** Sends a form from the page, as one that a victim is made to send: the whole page goes there. Gives the status of what came. */
export async function sendForm(page: Page, url: string, encoding: string, answers: Answers): Promise<number> {
  const [response] = await Promise.all([
    page.waitForResponse((response) => response.url() === url && response.request().method() === "POST"),
    // Also to the browser's own page that says that nothing came.
    page.waitForEvent("framenavigated"),
    page.evaluate(
      ([action, enctype, fields]) => {
        const form = document.createElement("form");
        Object.assign(form, { action, enctype, method: "post" });
        for (const [name, value] of Object.entries(fields)) form.append(Object.assign(document.createElement("input"), { name, value }));
        document.body.append(form);
        form.submit();
      },
      [url, encoding, answers] as const,
    ),
  ]);
  return response.status();
}

/** Leads the whole page to an address, as a link does that a victim is made to follow. Gives the status of what came. */
export async function followLink(page: Page, url: string): Promise<number> {
  const [response] = await Promise.all([
    page.waitForResponse((response) => response.url() === url && response.request().isNavigationRequest()),
    page.waitForEvent("framenavigated"),
    page.evaluate((url) => location.assign(url), url),
  ]);
  return response.status();
}

/** Sends many requests out of the page with the victim's cookies, as far as its browser lets it; what comes back the page does not learn. */
export async function sendBlindly(page: Page, method: "GET" | "POST", urls: string[], encodings: readonly string[], answers: Answers): Promise<void> {
  await page.evaluate(
    async ([method, urls, encodings, answers]) => {
      const send = async (url: string, encoding: string) => {
        const body = new URLSearchParams(answers).toString();
        const sent = method === "GET" ? {} : { method, body, headers: { "content-type": encoding } };
        await fetch(url, { ...sent, mode: "no-cors", credentials: "include" }).catch(() => undefined);
      };
      for (const url of urls) await Promise.all(encodings.map((encoding) => send(url, encoding)));
    },
    [method, urls, encodings, answers] as const,
  );
}

/** Tries every way in which a page can look at another site's address. Gives those by which it learned something. */
export async function tryToRead(page: Page, url: string): Promise<string[]> {
  return page.evaluate(async (url) => {
    /** Whether an element that shows the address loads it. */
    const loads = (tag: string, attributes: Record<string, string>) =>
      new Promise<boolean>((done) => {
        const element = document.createElement(tag);
        element.addEventListener("load", () => done(true));
        element.addEventListener("loadeddata", () => done(true));
        element.addEventListener("error", () => done(false));
        for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
        document.body.append(element);
        // Some elements say nothing of what they were refused.
        setTimeout(() => done(false), 1_500);
      });
    /** Whether something that stays connected is let in. */
    const opens = (begin: () => EventTarget & { close(): void }) =>
      new Promise<boolean>((done) => {
        const line = begin();
        line.addEventListener("open", () => done(true));
        line.addEventListener("error", () => {
          done(false);
          line.close();
        });
      });
    const answers = (begin: () => Promise<unknown>) => begin().then(Boolean, () => false);
    const inWorker = () =>
      new Promise<boolean>((done) => {
        const source = `try { importScripts(${JSON.stringify(url)}); postMessage(true); } catch { postMessage(false); }`;
        const worker = new Worker(URL.createObjectURL(new Blob([source])));
        worker.addEventListener("message", ({ data }) => done(data));
        worker.addEventListener("error", () => done(false));
      });
    /** Whether a page within the page can be looked into. A browser's own page, which says that nothing may be shown, cannot. */
    const shows = async (frame: HTMLIFrameElement | HTMLObjectElement, from: "src" | "data") => {
      const loaded = new Promise((done) => ["load", "error"].forEach((event) => frame.addEventListener(event, done)));
      frame.setAttribute(from, url);
      document.body.append(frame);
      await Promise.race([loaded, new Promise((done) => setTimeout(done, 1_500))]);
      return frame.contentDocument !== null && frame.contentDocument.URL !== "about:blank";
    };
    const tried: [string, Promise<boolean>][] = [
      ["fetch", answers(() => fetch(url, { credentials: "include" }))],
      ["fetch with a header of its own", answers(() => fetch(url, { credentials: "include", headers: { accept: "application/json", "x-own": "1" } }))],
      ["fetch without asking", answers(async () => (await fetch(url, { mode: "no-cors", credentials: "include" })).text())],
      ["script", loads("script", { src: url })],
      ["module", loads("script", { src: url, type: "module", crossorigin: "use-credentials" })],
      ["style sheet", loads("link", { rel: "stylesheet", href: url })],
      ["picture", loads("img", { src: url })],
      ["film", loads("video", { src: url })],
      ["frame", shows(document.createElement("iframe"), "src")],
      ["object", shows(document.createElement("object"), "data")],
      ["worker", inWorker()],
      ["stream", opens(() => new EventSource(url, { withCredentials: true }))],
      ["socket", opens(() => new WebSocket(url.replace("http", "ws")))],
    ];
    const learned = await Promise.all(tried.map(async ([way, outcome]) => ((await outcome) ? [way] : [])));
    const timings = performance.getEntriesByName(url) as PerformanceResourceTiming[];
    const tell = timings.some((timing) => timing.decodedBodySize > 0 || timing.responseStatus > 0);
    return [...learned.flat(), ...(tell ? ["its size or status"] : [])];
  }, url);
}
