// The sandbox under test: the real binary with `portal sandbox`, one process per test, and a listener that its
// webhooks go to. What a client must know (addresses, tokens, keys) is what the command prints; nothing is assumed.

import { test as base, expect } from "@playwright/test";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const END2END_FOLDER = resolve(import.meta.dirname, "..");
const BINARY = resolve(END2END_FOLDER, process.env.PORTAL_BIN || "../target/release/portal");

/** The instant at which a sandbox's clock starts, unless a test says otherwise. */
export const START_INSTANT = "2026-10-01T08:00:00Z";

/** A webhook as it came in: what is signed is its raw body. */
export type Received = { path: string; headers: IncomingHttpHeaders; body: string };

/** Where a portal would listen: keeps what the sandbox tells it. */
class Listener {
  private readonly received: Received[] = [];
  private arrived: (() => void) | undefined;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async open(): Promise<Listener> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        response.end();
        listener.received.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString() });
        listener.arrived?.();
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const listener = new Listener(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return listener;
  }

  /** The next webhook on a path; what came before it on others is dropped. */
  async next(path: string): Promise<Received> {
    for (;;) {
      for (let webhook = this.received.shift(); webhook; webhook = this.received.shift()) {
        if (webhook.path === path) return webhook;
      }
      await new Promise<void>((resolve) => (this.arrived = resolve));
    }
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** One running sandbox. */
export class Sandbox {
  private constructor(
    private readonly process: ChildProcess,
    /** What the command printed, by the names of the portal's settings. */
    private readonly printed: Map<string, string>,
    readonly portal: Listener,
  ) {}

  static async start(folder: string, clock: string): Promise<Sandbox> {
    const portal = await Listener.open();
    const child = spawn(BINARY, ["sandbox"], {
      cwd: folder,
      env: {
        ...process.env,
        SANDBOX_ADDR: "127.0.0.1:0",
        SANDBOX_SMTP_ADDR: "127.0.0.1:0",
        PORTAL_DATA: folder,
        PORTAL_URL: portal.url,
        ...(clock === "" ? {} : { PORTAL_CLOCK: clock }),
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const printed = new Map<string, string>();
    for await (const line of createInterface({ input: child.stdout })) {
      const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
      if (name) printed.set(name, value ?? "");
      if (line.startsWith("Sandbox: ")) return new Sandbox(child, printed, portal);
    }
    throw new Error(`${BINARY} ended before it said where the sandbox is.`);
  }

  /** What the command printed for a setting of the portal. */
  setting(name: string): string {
    const value = this.printed.get(name);
    if (value === undefined) throw new Error(`"portal sandbox" does not print ${name}.`);
    return value;
  }

  /** Does something inside the vendors' systems, as a person there would. */
  async act(path: string, body: object = {}): Promise<any> {
    const url = `${this.setting("HUBSPOT_URL")}/sandbox/${path}`;
    const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    const done = await answer.json();
    expect(answer.status, `${path}: ${JSON.stringify(done)}`).toBe(200);
    return done;
  }

  /** The sandbox's own truth, faults or log. */
  async read(path: string): Promise<any> {
    return (await fetch(`${this.setting("HUBSPOT_URL")}/sandbox/${path}`)).json();
  }

  async stop(): Promise<void> {
    const ended = once(this.process, "exit");
    this.process.kill("SIGTERM");
    await ended;
    this.portal.close();
  }
}

export const test = base.extend<{ clock: string; sandbox: Sandbox }>({
  /** PORTAL_CLOCK; empty for the real time. */
  clock: [START_INSTANT, { option: true }],

  sandbox: async ({ clock }, use) => {
    const folder = await mkdtemp(join(tmpdir(), "sandbox-sdk-"));
    const sandbox = await Sandbox.start(folder, clock);
    await use(sandbox);
    await sandbox.stop();
    await rm(folder, { recursive: true, force: true });
  },
});

export { expect };

/** Lets an app in as a person does on a vendor's page: what is sent is what stands in the page. Answers the address that the person is sent back to. */
export async function agree(url: string): Promise<string> {
  const page = await (await fetch(url)).text();
  const inputs = page.matchAll(/<input type="(?:hidden|checkbox)" name="([^"]*)" value="([^"]*)"/g);
  const fields = Array.from(inputs, ([, name, value]) => [name, value.replaceAll("&amp;", "&")]);
  const body = new URLSearchParams([...fields, ["decision", "allow"]]);
  const answer = await fetch(url.split("?")[0], { method: "POST", body, redirect: "manual" });
  return answer.headers.get("location")!;
}
